internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks
internal import SpaneScheduling

/// An ``MLPArchitecture`` for learning.
@safe
final class MLPNetwork: TrainableNetwork {
    let head: DuelingHead
    let largestChunk = 128

    private let servers: Int
    private let hidden: DenseStack
    private let value: DenseStack
    private let advantage: DenseStack
    private let inputCount: Int
    private let width: Int
    private let input: FlatBuffer<Float>
    // The gradients of the last hidden layer by way of the value and of both.
    private let valueShare: FlatBuffer<Float>
    private var samples = 0

    init(_ architecture: MLPArchitecture, _ layout: ParameterLayout) {
        servers = architecture.servers
        width = servers * NUMATopology.nodesPerServer
        inputCount = servers * StateRecords.valuesPerServer + StateRecords.valuesPerRequest
        let stride = RaggedLayout.rowStride(largestChunk)
        hidden = DenseStack(layout.stack("fc"), columns: largestChunk, endsInReLU: true)
        value = DenseStack([layout.layer("value")], columns: largestChunk)
        advantage = DenseStack([layout.layer("adv")], columns: largestChunk)
        input = FlatBuffer(repeating: 0, count: inputCount * stride)
        valueShare = FlatBuffer(repeating: 0, count: width * stride)
        head = DuelingHead(actions: width, samples: largestChunk, hasPenalties: true)
    }

    func effort(in states: StateRecords) -> ((Int) -> Int)? { nil }

    @unsafe
    func load(_ slots: UnsafePointer<Int32>, count: Int, of states: StateRecords, isMasked: Bool) {
        for sample in 0..<count { head.actions.counts[sample] = Int32(width) }
        head.actions.arrange(samples: count)
        samples = head.actions.samples
        let stride = RaggedLayout.rowStride(samples)
        // One row an action.
        for action in 0..<width { head.actions.offsets[action] = action * stride }
        for sample in 0..<count {
            let slot = unsafe Int(slots[sample])
            for server in 0..<servers {
                let from = unsafe states.inputs(of: server, in: slot)
                for index in 0..<StateRecords.valuesPerServer {
                    unsafe input[(server * StateRecords.valuesPerServer + index) * stride + sample] = from[index]
                }
            }
            for index in 0..<StateRecords.valuesPerRequest {
                input[(servers * StateRecords.valuesPerServer + index) * stride + sample] = states.request(
                    index,
                    in: slot
                )
            }
            head.chosen[sample] = states.action(in: slot).rawValue
            guard isMasked else { continue }
            for action in 0..<width {
                head.setAllowed(states.isAvailable(Action(action), in: slot), action: action, sample: sample)
            }
        }
    }

    @unsafe
    private var inputMatrix: training_matrix {
        unsafe training_matrix(values: input.base, stride: RaggedLayout.rowStride(samples))
    }

    @unsafe
    func forward(_ parameters: UnsafePointer<Float>) {
        unsafe hidden.forward(parameters, input: inputMatrix, columns: samples)
        unsafe advantage.forward(parameters, input: hidden.output, columns: samples)
    }

    func chooseBest(isMasked: Bool) { unsafe head.chooseBest(advantage.output.values, isMasked: isMasked) }

    @unsafe
    func pick(_ parameters: UnsafePointer<Float>) {
        unsafe value.forward(parameters, input: hidden.output, columns: samples)
        unsafe head.pick(advantage.output.values, value: value.output.values)
    }

    @unsafe
    func backward(_ parameters: UnsafePointer<Float>, into partials: UnsafeMutablePointer<Float>) {
        unsafe head.spread(to: advantage.outputGradient.values)
        let slope = unsafe value.outputGradient
        for sample in 0..<samples { unsafe slope.values[sample] = head.gradient[sample] }
        let gate = unsafe hidden.output
        let share = unsafe training_matrix(values: valueShare.base, stride: RaggedLayout.rowStride(samples))
        unsafe value.backward(
            parameters,
            into: partials,
            input: hidden.output,
            inputGradient: InputGradient(target: share, rows: width, gate: gate)
        )
        unsafe advantage.backward(
            parameters,
            into: partials,
            input: hidden.output,
            inputGradient: InputGradient(target: hidden.outputGradient, rows: width, gate: gate, added: share)
        )
        unsafe hidden.backward(parameters, into: partials, input: inputMatrix)
    }
}
