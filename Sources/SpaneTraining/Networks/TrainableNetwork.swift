internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks

/// A network that can be evaluated on many recorded states at once, and differentiated.
///
/// Its parameters are handed in, so that one object serves the online and the target network.
@safe
protocol TrainableNetwork: AnyObject {
    /// The most samples at once.
    var largestChunk: Int { get }

    /// What there is to compute for the state in a slot, or `nil` where that is the same for all: samples that come in
    /// descending order of it waste the least.
    func effort(in states: StateRecords) -> ((Int) -> Int)?

    /// Takes in the states in some slots, and the actions taken there as ``DuelingHead/chosen``.
    ///
    /// - Parameter isMasked: whether ``chooseBest(isMasked:)`` will want to know what is available.
    @unsafe
    func load(_ slots: UnsafePointer<Int32>, count: Int, of states: StateRecords, isMasked: Bool)

    /// Computes all advantages of the states that were loaded.
    @unsafe
    func forward(_ parameters: UnsafePointer<Float>)

    /// Chooses the action with the largest Q of each state, only among available ones if `isMasked`.
    func chooseBest(isMasked: Bool)

    /// Computes Q of the chosen actions, with the parameters of ``forward(_:)``.
    ///
    /// The value is computed here because choosing does not need it.
    @unsafe
    func pick(_ parameters: UnsafePointer<Float>)

    /// The chosen actions, their Q and its gradient.
    var head: DuelingHead { get }

    /// Adds the gradients of the parameters to their partial sums, given ``DuelingHead/gradient``.
    @unsafe
    func backward(_ parameters: UnsafePointer<Float>, into partials: UnsafeMutablePointer<Float>)
}

/// How the values of a kind of network are learned.
struct ValueTraining {
    /// Whether actions without room have scores too.
    let scoresUnavailableActions: Bool
    /// The network for clusters of up to so many servers.
    let network: (_ servers: Int) -> any TrainableNetwork
}

extension Architecture {
    /// How its values are learned; `nil` for a network that has none.
    var valueTraining: ValueTraining? {
        let layout = ParameterLayout(self)
        return switch self {
        case .spane(let spane):
            ValueTraining(scoresUnavailableActions: true) { SymmetricNetwork(spane, layout, servers: $0) }
        case .afterstate(let afterstate):
            ValueTraining(scoresUnavailableActions: false) {
                SymmetricNetwork(afterstate.parts, layout, servers: $0, seesAfterstates: true)
            }
        case .mlp(let mlp):
            ValueTraining(scoresUnavailableActions: true) { _ in MLPNetwork(mlp, layout) }
        case .potential:
            nil
        }
    }
}
