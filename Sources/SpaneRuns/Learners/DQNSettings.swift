internal import SpaneTraining

/// `[learner]` with `algorithm = "dqn"`.
struct DQNSettings: LearnerSettings {
    static let algorithm = "dqn"

    private var configuration: DQNConfiguration

    init() { self.init(DQNConfiguration()) }

    init(_ configuration: DQNConfiguration) { self.configuration = configuration }

    static var keys: [Key<DQNSettings>] { returnKeys + episodeKeys + gradientKeys }

    private static var returnKeys: [Key<DQNSettings>] {
        [
            .choice(
                "returns",
                \.configuration.returns,
                "What an action is worth: return_steps rewards and the value of the state after them, or all rewards to "
                    + "the end of the episode."
            ),
            .integer("return_steps", \.configuration.returnSteps, 1...Int.max, "The rewards of an n-step return."),
            .number("discount", \.configuration.discount, .within(0...1), "What a reward one step later is worth."),
            .flag(
                "masks_bootstrap",
                \.configuration.masksBootstrap,
                "Whether the bootstrap of an n-step return looks at available actions only; the paper's does not."
            ),
            .choice(
                "reward",
                \.configuration.reward,
                "What a placement is worth: -ln(1 + wait in seconds), minus the wait in units of wait_unit, or the first "
                    + "plus balance_weight times the change of how evenly the NUMA nodes are used."
            ),
            .number(
                "balance_weight",
                \.configuration.balanceWeight,
                .within(-1_000_000...1_000_000),
                "The weight of the balance in the reward \"balance\"."
            ),
            .number(
                "wait_unit",
                \.configuration.waitUnit,
                .positive(upTo: 1e12),
                "The unit of the reward \"wait\" in seconds."
            ),
        ]
    }

    private static var episodeKeys: [Key<DQNSettings>] {
        [
            .integer(
                "epochs",
                \.configuration.epochs,
                1...1_000_000_000,
                "Epochs, the steps of the run: each plays one episode and does gradient_steps."
            ),
            .integer(
                "warm_up_episodes",
                \.configuration.warmUpEpisodes,
                0...1_000_000_000,
                "Episodes played before the first epoch, with epsilon_start."
            ),
            .number(
                "epsilon_start",
                \.configuration.epsilonStart,
                .within(0...1),
                "The share of random actions in the first epoch."
            ),
            .number(
                "epsilon_end",
                \.configuration.epsilonEnd,
                .within(0...1),
                "The share of random actions from epsilon_epochs on."
            ),
            .choice(
                "epsilon_schedule",
                \.configuration.epsilonSchedule,
                "Whether it goes from one to the other by the same amount or by the same factor each epoch."
            ),
            .integer(
                "epsilon_epochs",
                \.epsilonEpochs,
                0...1_000_000_000,
                "The epochs that it takes; 0 for all epochs."
            ),
            .integer(
                "permutations",
                \.configuration.permutations,
                1...1_000_000,
                "In how many orders of the servers each episode is remembered, itself and random ones; 1 for no "
                    + "augmentation. With k orders only every k-th epoch plays an episode."
            ),
        ]
    }

    private static var gradientKeys: [Key<DQNSettings>] {
        [
            .integer(
                "gradient_steps",
                \.configuration.gradientSteps,
                0...1_000_000,
                "Gradient steps of an epoch."
            ),
            .integer(
                "replay_capacity",
                \.configuration.replayCapacity,
                1...DQNConfiguration.largestReplay,
                "The decisions that are remembered."
            ),
            .integer(
                "batch_size",
                \.configuration.batchSize,
                1...DQNConfiguration.largestReplay,
                "The decisions of one gradient step; while fewer are remembered, all."
            ),
            .integer(
                "target_interval",
                \.configuration.targetInterval,
                1...1_000_000_000,
                "Gradient steps between two copies of the weights to the target network."
            ),
            .number(
                "learning_rate",
                \.configuration.learningRate,
                .positive(upTo: 1000),
                "The first learning rate of Adam."
            ),
            .number(
                "learning_rate_factor",
                \.configuration.learningRateFactor,
                .positive(upTo: 1),
                "What the learning rate is multiplied by every learning_rate_interval gradient steps."
            ),
            .integer(
                "learning_rate_interval",
                \.configuration.learningRateInterval,
                1...1_000_000_000,
                "Gradient steps between two changes of the learning rate."
            ),
            .number(
                "weight_decay",
                \.configuration.weightDecay,
                .within(0...1000),
                "How much of each parameter is added to its gradient."
            ),
            .choice(
                "loss",
                \.configuration.loss,
                "How far a Q is from what it should be: the square of the difference, or half the square up to "
                    + "huber_threshold and linear beyond."
            ),
            .number(
                "huber_threshold",
                \.configuration.huberThreshold,
                .positive(upTo: 1e9),
                "From where on the loss \"huber\" is linear."
            ),
            .number(
                "gradient_clip",
                \.gradientClip,
                .within(0...1e9),
                "The largest norm of the gradient, a longer one is shortened; 0 for any."
            ),
        ]
    }

    // TOML has no word for nothing.
    private var epsilonEpochs: Int {
        get { configuration.epsilonEpochs ?? 0 }
        set { configuration.epsilonEpochs = newValue == 0 ? nil : newValue }
    }

    private var gradientClip: Double {
        get { configuration.gradientClip ?? 0 }
        set { configuration.gradientClip = newValue == 0 ? nil : newValue }
    }

    var contradiction: String? {
        do {
            try configuration.validate()
            return nil
        } catch {
            // The keys are the names of the properties in another spelling.
            return "\(error)".replacing(#/([a-z])([A-Z])/#) { "\($0.output.1)_\($0.output.2.lowercased())" }
        }
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner {
        var configuration = configuration
        try configuration.take(parts.network)
        return try DQN(configuration, episodes: parts.source, normalisation: parts.normalisation, seed: parts.seed)
    }
}

extension DQNConfiguration {
    /// The shape of the network; `nil` for a kind that `[network]` does not have.
    var shape: NetworkSettings? {
        guard let kind = NetworkSettings.Kind(rawValue: network.rawValue) else { return nil }
        var shape = NetworkSettings()
        shape.kind = kind
        shape.server = NetworkSettings.Layers(width: serverWidth, depth: serverDepth)
        shape.value = NetworkSettings.Layers(width: valueWidth, depth: valueDepth)
        shape.advantage = NetworkSettings.Layers(width: advantageWidth, depth: advantageDepth)
        shape.aggregators = aggregators
        shape.hidden = NetworkSettings.Layers(width: hiddenWidth, depth: hiddenDepth)
        return shape
    }

    /// Takes over the shape of a network.
    fileprivate mutating func take(_ shape: NetworkSettings) throws(ConfigurationError) {
        guard let kind = Network(rawValue: shape.kind.rawValue) else {
            throw ConfigurationError(
                "network is \(shape.kind.rawValue); it must be "
                    + Network.allCases.map(\.rawValue).joined(separator: " or ")
            )
        }
        network = kind
        (serverWidth, serverDepth) = (shape.server.width, shape.server.depth)
        (valueWidth, valueDepth) = (shape.value.width, shape.value.depth)
        (advantageWidth, advantageDepth) = (shape.advantage.width, shape.advantage.depth)
        aggregators = shape.aggregators
        (hiddenWidth, hiddenDepth) = (shape.hidden.width, shape.hidden.depth)
    }
}
