internal import SpaneSystem
public import SpaneNetworks

extension DQNConfiguration {
    /// Refuses values that mean nothing.
    ///
    /// - Throws: ``ConfigurationError`` naming the key, its value and what is allowed; ``SpaneNetworks/NetworkError``
    ///   for the shape of the network.
    public func validate() throws {
        _ = try architecture(servers: 1)
        for (key, value, range) in integers {
            let most = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
            try ConfigurationError.require(range.contains(value), key, value, "at least \(range.lowerBound)\(most)")
        }
        for (key, value, isAllowed, rule) in numbers {
            try ConfigurationError.require(value.isFinite && isAllowed(value), key, value, rule)
        }
        if epsilonSchedule == .exponential {
            try ConfigurationError.require(
                epsilonStart > 0,
                "epsilonStart",
                epsilonStart,
                "above 0 to go down by a factor"
            )
            try ConfigurationError.require(epsilonEnd > 0, "epsilonEnd", epsilonEnd, "above 0 to go down by a factor")
        }
        let capacity = "replayCapacity, which is \(replayCapacity)"
        let isRemembered = returns == .monteCarlo || nSteps < replayCapacity
        try ConfigurationError.require(isRemembered, "nSteps", nSteps, "below \(capacity)")
        try ConfigurationError.require(batchSize <= replayCapacity, "batchSize", batchSize, "at most \(capacity)")
        // Unavailable placements have no score there.
        let isMasked = network != .afterstate || returns == .monteCarlo || masksBootstrap
        try ConfigurationError.require(isMasked, "masksBootstrap", masksBootstrap, "true for an n-step afterstate")
    }

    private var integers: [(key: String, value: Int, range: ClosedRange<Int>)] {
        [
            ("nSteps", nSteps, 1...Int.max),
            ("epochs", epochs, 1...Int.max),
            ("warmUpEpisodes", warmUpEpisodes, 0...Int.max),
            ("epsilonEpochs", epsilonEpochs ?? 1, 1...Int.max),
            ("permutations", permutations, 1...Int.max),
            ("gradientSteps", gradientSteps, 0...Int.max),
            ("replayCapacity", replayCapacity, 1...Self.largestReplay),
            ("batchSize", batchSize, 1...Int.max),
            ("targetInterval", targetInterval, 1...Int.max),
            ("learningRateInterval", learningRateInterval, 1...Int.max),
        ]
    }

    /// The most decisions that can be remembered.
    public static let largestReplay = 100_000_000

    private var numbers: [(key: String, value: Double, isAllowed: (Double) -> Bool, rule: String)] {
        let share = { (value: Double) in value >= 0 && value <= 1 }
        let positive = { (value: Double) in value > 0 }
        return [
            ("discount", discount, share, "in 0 ... 1"),
            ("balanceWeight", balanceWeight, { _ in true }, "finite"),
            ("waitUnit", waitUnit, positive, "finite and above 0"),
            ("epsilonStart", epsilonStart, share, "in 0 ... 1"),
            ("epsilonEnd", epsilonEnd, share, "in 0 ... 1"),
            ("learningRate", learningRate, positive, "finite and above 0"),
            ("learningRateFactor", learningRateFactor, { $0 > 0 && $0 <= 1 }, "above 0 and at most 1"),
            ("weightDecay", weightDecay, { $0 >= 0 }, "finite and not negative"),
            ("huberDelta", huberDelta, positive, "finite and above 0"),
            ("gradientClip", gradientClip ?? 1, positive, "finite and above 0"),
        ]
    }

    // MARK: What follows from the values

    /// The shape of the network for clusters of `servers` servers; only `mlp` asks how many.
    ///
    /// - Throws: ``SpaneNetworks/NetworkError`` when there is no such network.
    public func architecture(servers: Int) throws -> Architecture {
        switch network {
        case .spane: .spane(try parts())
        case .afterstate: .afterstate(AfterstateArchitecture(parts: try parts()))
        case .mlp:
            .mlp(
                try MLPArchitecture(
                    hidden: LayerShape(width: hiddenWidth, depth: hiddenDepth, name: "hidden"),
                    servers: servers
                )
            )
        }
    }

    private func parts() throws -> SpaneArchitecture {
        try SpaneArchitecture(
            server: LayerShape(width: serverWidth, depth: serverDepth, name: "server"),
            value: LayerShape(width: valueWidth, depth: valueDepth, name: "value"),
            advantage: LayerShape(width: advantageWidth, depth: advantageDepth, name: "advantage"),
            aggregators: aggregators
        )
    }

    /// The share of random actions in an epoch, counted from 0.
    func epsilon(epoch: Int) -> Double {
        let done = min(1, Double(epoch) / Double(epsilonEpochs ?? epochs))
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
