public import SpaneNetworks

/// Something that learns a model in steps, and whose whole state can be kept between any two of them.
///
/// A step is an epoch of a DQN or a generation of an evolution strategy. What a learner does depends on its configuration
/// and its state alone: one that is restored goes on bit for bit as the one that was saved, on any number of threads.
public protocol Learner: AnyObject {
    /// The steps done so far.
    var stepsDone: Int { get }

    /// The steps after which it is done.
    var stepsPlanned: Int { get }

    /// Learns one step further.
    ///
    /// - Returns: what there is to log about the step, by name, always the same names in the same order; not a number where
    ///   a value does not exist in this step.
    func step() throws -> [Metric]

    /// What it has learned so far.
    func model() throws -> Model

    /// Everything that the configuration does not say.
    var state: LearnerState { get }

    /// Takes over a state that a learner with the same configuration had.
    ///
    /// - Throws: ``LearnerStateError`` when an entry is missing or cannot be of such a learner; nothing changes then.
    func restore(_ state: LearnerState) throws
}

/// One logged number.
public struct Metric: Equatable, Sendable {
    /// Its name in logs, such as `loss`.
    public let name: String
    /// Its value.
    public let value: Double

    /// Creates a metric.
    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}
