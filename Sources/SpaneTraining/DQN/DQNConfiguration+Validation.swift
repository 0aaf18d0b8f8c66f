internal import SpaneSystem
public import SpaneNetworks

extension DQNConfiguration {
    /// Refuses values out of their ranges, values that do not go together, and networks that a DQN cannot train.
    ///
    /// - Throws: ``ConfigurationError`` naming the key, its value and what is allowed.
    public func validate(for architecture: Architecture) throws(ConfigurationError) {
        guard let training = architecture.valueTraining else {
            throw ConfigurationError(
                key: "algorithm",
                reason: "is \"dqn\", which cannot train a \"\(architecture.name)\" (network.architecture)"
            )
        }
        try checkParameters()
        func require(
            _ condition: Bool,
            _ key: String,
            _ value: some CustomStringConvertible,
            _ allowed: String
        ) throws(ConfigurationError) {
            try ConfigurationError.require(condition, key, value, allowed)
        }
        if epsilonSchedule == .exponential {
            let rule = "above 0 with epsilon_schedule = \"exponential\""
            try require(epsilonStart > 0, "epsilon_start", epsilonStart, rule)
            try require(epsilonEnd > 0, "epsilon_end", epsilonEnd, rule)
        }
        let capacity = "replay_capacity, which is \(replayCapacity)"
        try require(returns == .monteCarlo || nSteps < replayCapacity, "n_steps", nSteps, "below \(capacity)")
        try require(batchSize <= replayCapacity, "batch_size", batchSize, "at most \(capacity)")
        try require(
            training.scoresUnavailableActions || returns == .monteCarlo || masksBootstrap,
            "masks_bootstrap",
            masksBootstrap,
            "true with returns = \"n-step\" and architecture = \"\(architecture.name)\", which only scores available actions"
        )
    }

    // MARK: Schedules

    /// Epsilon in an epoch, counted from 0.
    func epsilon(epoch: Int) -> Double {
        let done = min(1, Double(epoch) / Double(epsilonEpochs == 0 ? epochs : epsilonEpochs))
        return switch epsilonSchedule {
        case .linear: epsilonStart + (epsilonEnd - epsilonStart) * done
        case .exponential: epsilonStart * pow(epsilonEnd / epsilonStart, done)
        }
    }

    /// The learning rate after so many gradient steps.
    func learningRate(step: Int) -> Double {
        learningRate * pow(learningRateFactor, Double(step / learningRateInterval))
    }
}
