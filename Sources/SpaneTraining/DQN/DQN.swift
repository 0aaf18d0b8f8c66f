internal import SpaneBuffers
internal import SpaneSystem
public import SpaneNetworks
internal import SpaneScheduling

/// Deep Q-learning as SPANE does it (section VI): a double, dueling DQN with n-step returns, and what improves on it.
///
/// A step is an epoch: one episode is played with the weights so far, exploring, and a few batches from the replay buffer
/// are learned from. Everything follows from the configuration, the episodes and the seed. For one thread.
public final class DQN: Learner {
    /// What it does.
    public let configuration: DQNConfiguration
    /// The epochs done so far.
    public internal(set) var stepsDone = 0

    let learner: BatchLearner
    let replay: ReplayBuffer
    // Each kind of random choice has a stream of its own, so that a change of one leaves the others as they are.
    var episodes: Xoshiro256StarStar
    var exploration: Xoshiro256StarStar
    var sampling: Xoshiro256StarStar
    var shuffling: Xoshiro256StarStar
    // Whether the episodes before the first epoch were played.
    var isWarm = false
    private let architecture: Architecture
    private let normalisation: Normalisation
    private let stage: EnvironmentPool
    private let sampler: SlotSampler

    /// Prepares to learn.
    ///
    /// - Parameters:
    ///   - configuration: the hyper-parameters.
    ///   - architecture: the network.
    ///   - normalisation: what the inputs of the network are divided by.
    ///   - source: where episodes come from.
    ///   - seed: of all random choices.
    /// - Throws: ``ConfigurationError`` when the configuration is refused or does not go with the network or the clusters; an
    ///   error about memory when there is not enough for the replay buffer.
    public init(
        _ configuration: DQNConfiguration,
        architecture: Architecture,
        normalisation: Normalisation = .published,
        source: EpisodeSource,
        seed: UInt64
    ) throws {
        try configuration.validate(for: architecture)
        for cluster in source.clusters {
            let nodes = cluster.fewestNodes...cluster.layout.nodes
            guard nodes != NUMATopology.nodesPerServer...NUMATopology.nodesPerServer else { continue }
            throw ConfigurationError(
                key: "algorithm",
                reason: "is \"dqn\", which needs servers with two NUMA nodes; these have \(nodes.lowerBound)"
                    + (nodes.count == 1 ? "" : " to \(nodes.upperBound)")
                    + "; \"evolution\" trains a \"potential\" on any"
            )
        }
        let counts = source.clusters.map(\.serverCount)
        let (least, most) = (counts.min() ?? 1, counts.max() ?? 1)
        if let bound = architecture.boundServers, let other = counts.first(where: { $0 != bound }) {
            throw ConfigurationError(
                key: "architecture",
                reason:
                    "is \"\(architecture.name)\" for \(bound) servers; the clusters must have as many, and one has \(other)"
            )
        }
        self.configuration = configuration
        self.normalisation = normalisation
        self.architecture = architecture
        var weights = Xoshiro256StarStar(seed: seed, stream: 0)
        episodes = Xoshiro256StarStar(seed: seed, stream: 1)
        exploration = Xoshiro256StarStar(seed: seed, stream: 2)
        sampling = Xoshiro256StarStar(seed: seed, stream: 3)
        shuffling = Xoshiro256StarStar(seed: seed, stream: 4)
        stage = EnvironmentPool(source, reward: configuration.environmentReward)
        try Memory.check(
            bytes: ReplayBuffer.bytes(capacity: configuration.replayCapacity, servers: most),
            for: "a replay buffer of \(configuration.replayCapacity) transitions (replay_capacity)"
        )
        replay = ReplayBuffer(
            capacity: configuration.replayCapacity,
            servers: least...most,
            steps: configuration.returns == .nStep ? configuration.nSteps : 0
        )
        sampler = SlotSampler(capacity: configuration.replayCapacity)
        learner = BatchLearner(
            try Model(architecture: architecture, normalisation: normalisation, generator: &weights),
            configuration,
            replay: replay
        )
    }

    /// The epochs after which it is done.
    public var stepsPlanned: Int { configuration.epochs }

    /// The weights of the online network.
    ///
    /// - Throws: ``SpaneNetworks/NetworkError`` when a weight is no longer finite: learning has diverged.
    public func model() throws -> Model {
        try Model(architecture: architecture, normalisation: normalisation, tensors: learner.tensors())
    }

    /// Plays an episode and learns from a few batches; before the first epoch also the episodes to begin with.
    ///
    /// - Returns: `loss`, `q` (mean |Q| of the actions learned from), `gradient_norm`, `learning_rate`, `epsilon`, and
    ///   of the episode `wait` (in seconds, in all) and `length`. The
    ///   episode's are not a number in an epoch without one.
    public func step() throws -> [Metric] {
        if !isWarm {
            for _ in 0..<configuration.warmUpEpisodes { _ = try play(epsilon: configuration.epsilonStart) }
            isWarm = true
        }
        let epsilon = configuration.epsilon(epoch: stepsDone)
        var outcome = (wait: Double.nan, length: Double.nan)
        if stepsDone.isMultiple(of: configuration.permutations) {
            let episode = try play(epsilon: epsilon)
            outcome = (episode.wait, Double(episode.length))
        }
        let learningRate = learner.learningRate
        var sum = BatchLearner.Outcome()
        for _ in 0..<configuration.gradientSteps {
            let batch = learnFromBatch()
            sum.loss += batch.loss
            sum.meanMagnitude += batch.meanMagnitude
            sum.gradientNorm += batch.gradientNorm
        }
        let steps = Double(configuration.gradientSteps)
        stepsDone += 1
        return [
            Metric("loss", sum.loss / steps),
            Metric("q", sum.meanMagnitude / steps),
            Metric("gradient_norm", sum.gradientNorm / steps),
            Metric("learning_rate", learningRate),
            Metric("epsilon", epsilon),
            Metric("wait", outcome.wait),
            Metric("length", outcome.length),
        ]
    }

    private func learnFromBatch() -> BatchLearner.Outcome {
        let amount = min(configuration.batchSize, replay.count)
        return learner.learn(count: amount) { slots in
            sampler.draw(amount, below: replay.count, into: slots, using: &sampling)
        }
    }

    // MARK: Playing

    private func play(epsilon: Double) throws -> (wait: Double, length: Int) {
        let episode = try stage.draw(using: &episodes)
        let play = try stage.begin(episode)
        // Once for the whole episode: every look at an object's environment costs a check that nobody else changes it.
        return try play.withEnvironment { environment in
            var policy = try model().makeSession(on: environment.cluster)
            policy.begin(start: episode.start, on: environment.cluster)
            remember(try explore(&environment, &policy, epsilon: epsilon, decisions: episode.length))
            return (environment.totalWait, episode.length)
        }
    }

    /// Finishes an episode, and takes an action at random with probability `epsilon`.
    private func explore(
        _ environment: inout Environment,
        _ policy: inout any ScoringPolicy,
        epsilon: Double,
        decisions: Int
    ) throws -> Trajectory {
        var record = Trajectory(
            serverCount: environment.fleet.serverCount,
            normalisation: normalisation,
            decisions: decisions
        )
        while !environment.isFinished {
            let choices = record.observe(environment.cluster, environment.request)
            let action: Action
            if exploration.uniform() < epsilon {
                action = record.availableAction(exploration.below(choices))
            } else if choices == 1 {
                action = record.availableAction(0)
            } else if let chosen = policy.action(for: environment.request, on: environment.cluster) {
                action = chosen
            } else {
                preconditionFailure("an action is available until the episode ends")
            }
            let step = try environment.step(action)
            record.act(action, reward: configuration.reward(of: step))
        }
        return record
    }

    private func remember(_ record: Trajectory) {
        let returns =
            switch configuration.returns {
            case .nStep:
                EpisodeReturns.steps(
                    configuration.nSteps,
                    discount: configuration.discount,
                    rewards: record.rewards
                )
            case .monteCarlo:
                EpisodeReturns.monteCarlo(discount: configuration.discount, rewards: record.rewards)
            }
        replay.append(record, returns: returns)
        for _ in 1..<configuration.permutations {
            var order = Array(0..<record.serverCount)
            for last in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(last, shuffling.below(last + 1)) }
            replay.append(record, returns: returns, permutation: order)
        }
    }
}

extension DQNConfiguration {
    fileprivate var environmentReward: SpaneScheduling.Reward {
        reward == .balance ? .balance(weight: balanceWeight) : .logWait
    }

    fileprivate func reward(of step: Environment.Step) -> Double {
        reward == .wait ? -step.wait / waitUnit : step.reward
    }
}
