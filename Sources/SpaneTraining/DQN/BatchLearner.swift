internal import CSpaneKernels
internal import SpaneBuffers
package import SpaneNetworks

/// Double Q-learning on batches from a replay: targets, gradients, Adam, and the target network.
@safe
package final class BatchLearner {
    /// What one gradient step saw.
    package struct Outcome: Equatable {
        /// The mean loss of the batch.
        package var loss = 0.0
        /// The mean |Q| of the actions taken.
        package var meanMagnitude = 0.0
        /// The norm of the gradient before any clipping.
        package var gradientNorm = 0.0
    }

    let layout: ParameterLayout
    let parameters: FlatBuffer<Float>
    let targetParameters: FlatBuffer<Float>
    let adam: Adam
    private let configuration: DQNConfiguration
    private let network: any TrainableNetwork
    private let replay: ReplayBuffer
    private let partials: FlatBuffer<Float>
    private let gradient: FlatBuffer<Float>
    private let effort: ((Int) -> Int)?
    private let order: CountingSort
    // By the position in the batch.
    private let slots: FlatBuffer<Int32>
    private let targets: FlatBuffer<Float>
    // The states that returns end in, and the positions in the batch that they belong to.
    private let laterSlots: FlatBuffer<Int32>
    private let laterPositions: FlatBuffer<Int32>
    private let bestActions: FlatBuffer<Int32>

    /// - Parameter model: the first weights of both networks.
    package init(_ model: Model, _ configuration: DQNConfiguration, replay: ReplayBuffer) {
        self.configuration = configuration
        self.replay = replay
        layout = ParameterLayout(model.architecture)
        guard let training = model.architecture.valueTraining else {
            preconditionFailure("a \(model.architecture.name) has no values to learn")
        }
        network = training.network(replay.states.serverCounts.upperBound)
        effort = network.effort(in: replay.states)
        parameters = FlatBuffer(model.parameters)
        targetParameters = parameters.copy()
        adam = Adam(count: layout.count, weightDecay: configuration.weightDecay)
        partials = FlatBuffer(repeating: 0, count: layout.count * RaggedLayout.lanes)
        gradient = FlatBuffer(repeating: 0, count: layout.count)
        let batch = configuration.batchSize
        order = CountingSort(count: batch)
        slots = FlatBuffer(repeating: 0, count: batch)
        targets = FlatBuffer(repeating: 0, count: batch)
        laterSlots = FlatBuffer(repeating: 0, count: batch)
        laterPositions = FlatBuffer(repeating: 0, count: batch)
        bestActions = FlatBuffer(repeating: 0, count: network.largestChunk)
    }

    /// The learning rate of the next step.
    package var learningRate: Double { configuration.learningRate(step: adam.steps) }

    /// The weights learned so far.
    package func tensors() -> [Tensor] { layout.tensors(parameters) }

    /// The gradient of the latest step before weight decay, in the order of the parameters.
    package var latestGradient: [Float] { (0..<gradient.count).map { gradient[$0] } }

    /// Does one gradient step on the decisions in some slots.
    package func learn(_ batch: [Int32]) -> Outcome {
        for (index, slot) in batch.enumerated() { slots[index] = slot }
        return learn(count: batch.count)
    }

    /// Does one gradient step on slots that a sampler draws.
    func learn(count: Int, draw: (borrowing FlatBuffer<Int32>) -> Void) -> Outcome {
        draw(slots)
        return learn(count: count)
    }

    private func learn(count: Int) -> Outcome {
        precondition(count > 0 && count <= slots.count, "a batch has 1 ... \(slots.count) decisions")
        // Each is somewhere else in memory; asking for all of them early hides most of the way.
        for index in 0..<count {
            replay.states.prefetch(Int(slots[index]))
            if configuration.returns == .nStep { replay.states.prefetch(replay.slotAfter(Int(slots[index]))) }
        }
        if let effort { order.sort(slots, count: count, by: effort) }
        findTargets(count)
        var outcome = differentiate(count)
        clip(&outcome)
        adam.step(parameters, gradient: gradient, learningRate: learningRate)
        if adam.steps.isMultiple(of: configuration.targetInterval) { copyToTarget() }
        return outcome
    }

    private func copyToTarget() {
        for index in 0..<parameters.count { targetParameters[index] = parameters[index] }
    }

    // MARK: Targets

    /// R + gamma^n * Q_target(s', argmax Q_online(s', ·)), the second term only where the episode goes on to s'.
    private func findTargets(_ count: Int) {
        var later = 0
        for position in 0..<count {
            let slot = Int(slots[position])
            targets[position] = replay.returns(in: slot)
            guard replay.discount(in: slot) != 0 else { continue }
            laterSlots[later] = Int32(replay.slotAfter(slot))
            laterPositions[later] = Int32(position)
            later += 1
        }
        if let effort { order.sort(laterSlots, alongWith: laterPositions, count: later, by: effort) }
        let isMasked = configuration.masksBootstrap
        for start in stride(from: 0, to: later, by: network.largestChunk) {
            let chunk = min(network.largestChunk, later - start)
            unsafe network.load(laterSlots.base + start, count: chunk, of: replay.states, isMasked: isMasked)
            unsafe network.forward(parameters.base)
            network.chooseBest(isMasked: isMasked)
            unsafe network.forward(targetParameters.base)
            unsafe network.pick(targetParameters.base)
            for sample in 0..<chunk {
                let position = Int(laterPositions[start + sample])
                targets[position] += replay.discount(in: Int(slots[position])) * network.head.q[sample]
            }
        }
    }

    // MARK: Gradients

    private func differentiate(_ count: Int) -> Outcome {
        var outcome = Outcome()
        for start in stride(from: 0, to: count, by: network.largestChunk) {
            let chunk = min(network.largestChunk, count - start)
            unsafe network.load(slots.base + start, count: chunk, of: replay.states, isMasked: false)
            unsafe network.forward(parameters.base)
            unsafe network.pick(parameters.base)
            for sample in 0..<chunk {
                let q = network.head.q[sample]
                let (loss, slope) = configuration.loss(of: q - targets[start + sample])
                outcome.loss += Double(loss)
                outcome.meanMagnitude += Double(q.magnitude)
                network.head.gradient[sample] = slope / Float(count)
            }
            unsafe network.backward(parameters.base, into: partials.base)
        }
        unsafe training_collect(partials.base, gradient.base, gradient.count)
        outcome.loss /= Double(count)
        outcome.meanMagnitude /= Double(count)
        return outcome
    }

    private func clip(_ outcome: inout Outcome) {
        var squares = 0.0
        for index in 0..<gradient.count { squares += Double(gradient[index]) * Double(gradient[index]) }
        outcome.gradientNorm = squares.squareRoot()
        let most = configuration.gradientClip
        guard most > 0, outcome.gradientNorm > most else { return }
        let factor = Float(most / outcome.gradientNorm)
        for index in 0..<gradient.count { gradient[index] *= factor }
    }
}

extension DQNConfiguration {
    /// The loss of a difference and its derivative.
    @inline(__always)
    fileprivate func loss(of difference: Float) -> (Float, slope: Float) {
        switch loss {
        case .mse:
            return (difference * difference, 2 * difference)
        case .huber:
            let threshold = Float(huberDelta)
            let magnitude = difference.magnitude
            guard magnitude > threshold else { return (difference * difference / 2, difference) }
            return (threshold * (magnitude - threshold / 2), difference < 0 ? -threshold : threshold)
        }
    }
}
