internal import SpaneBuffers
internal import SpaneScheduling

extension DQN {
    /// The weights, Adam's moments, the generators and what is remembered.
    ///
    /// - Complexity: O(parameters + decisions remembered).
    public var state: LearnerState {
        var state = LearnerState()
        state.set("progress", [stepsDone, isWarm ? 1 : 0, learner.adam.steps])
        state.set("weights", learner.parameters.array)
        state.set("target_weights", learner.targetParameters.array)
        state.set("adam/first_moment", learner.adam.firstMoment.array)
        state.set("adam/second_moment", learner.adam.secondMoment.array)
        state.set("generators/episodes", episodes)
        state.set("generators/exploration", exploration)
        state.set("generators/sampling", sampling)
        state.set("generators/shuffling", shuffling)
        replay.write(to: &state)
        return state
    }

    /// Takes over a state that a learner with the same configuration and clusters had.
    ///
    /// - Throws: ``LearnerStateError`` when an entry is missing or cannot be of such a learner; nothing changes then.
    public func restore(_ state: LearnerState) throws {
        let progress = try state.integers("progress", count: 3)
        guard progress.allSatisfy({ $0 >= 0 }), progress[1] <= 1 else {
            throw LearnerStateError("progress is \(progress); it must be epochs, 0 or 1, gradient steps")
        }
        let count = learner.layout.count
        let weights = try state.floats("weights", count: count)
        let targetWeights = try state.floats("target_weights", count: count)
        let firstMoment = try state.floats("adam/first_moment", count: count)
        let secondMoment = try state.floats("adam/second_moment", count: count)
        let generators = try ["episodes", "exploration", "sampling", "shuffling"].map { name in
            try state.generator("generators/\(name)")
        }
        try replay.read(from: state)
        stepsDone = progress[0]
        isWarm = progress[1] == 1
        learner.adam.steps = progress[2]
        learner.parameters.set(weights)
        learner.targetParameters.set(targetWeights)
        learner.adam.firstMoment.set(firstMoment)
        learner.adam.secondMoment.set(secondMoment)
        (episodes, exploration) = (generators[0], generators[1])
        (sampling, shuffling) = (generators[2], generators[3])
    }
}

extension FlatBuffer where Element == Float {
    fileprivate var array: [Float] { (0..<count).map { self[$0] } }

    fileprivate func set(_ values: [Float]) {
        for (index, value) in values.enumerated() { self[index] = value }
    }
}
