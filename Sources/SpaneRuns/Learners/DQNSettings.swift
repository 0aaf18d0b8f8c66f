internal import SpaneSettings
internal import SpaneTraining

/// `[learner]` with `algorithm = "dqn"`.
struct DQNSettings: LearnerSettings {
    static let algorithm = "dqn"

    private var configuration: DQNConfiguration
    /// 0 for all.
    private var epsilonEpochs: Int {
        get { configuration.epsilonEpochs ?? 0 }
        set { configuration.epsilonEpochs = newValue == 0 ? nil : newValue }
    }
    /// 0 for none.
    private var gradientClip: Double {
        get { configuration.gradientClip ?? 0 }
        set { configuration.gradientClip = newValue == 0 ? nil : newValue }
    }

    init() { self.init(DQNConfiguration()) }

    init(_ configuration: DQNConfiguration) { self.configuration = configuration }

    /// More than any run has.
    private static let most = 1_000_000_000

    static var keys: [Setting<DQNSettings>] { returnKeys + episodeKeys + gradientKeys }

    private static var returnKeys: [Setting<DQNSettings>] {
        [
            .choice(
                "returns",
                \.configuration.returns,
                "What an action is worth: some rewards and the value of the state after them, or all rewards to the end of "
                    + "the episode."
            ),
            .integer("n_steps", \.configuration.nSteps, 1...most, "The rewards of an n-step return."),
            .number(
                "discount",
                \.configuration.discount,
                .within(0...1),
                "What a reward one step later is worth."
            ),
            .flag(
                "masks_bootstrap",
                \.configuration.masksBootstrap,
                "Whether the bootstrap of an n-step return looks at available actions only."
            ),
            .choice(
                "reward",
                \.configuration.reward,
                "The reward of a placement: -ln(1 + wait in seconds), minus the wait in units of wait_unit, or the first "
                    + "and balance_weight times the change of how evenly the NUMA nodes are used."
            ),
            .number("balance_weight", \.configuration.balanceWeight, .within(-1e9...1e9), "See reward."),
            .number("wait_unit", \.configuration.waitUnit, .positive(upTo: 1e12), "In seconds; see reward."),
        ]
    }

    private static var episodeKeys: [Setting<DQNSettings>] {
        [
            .integer(
                "epochs",
                \.configuration.epochs,
                1...most,
                "Epochs, the steps of the run: each plays an episode and does gradient_steps."
            ),
            .integer(
                "warm_up_episodes",
                \.configuration.warmUpEpisodes,
                0...most,
                "Episodes that are played before the first epoch."
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
                "The share of random actions in the end."
            ),
            .choice(
                "epsilon_schedule",
                \.configuration.epsilonSchedule,
                "How it gets there: by the same amount, or by the same factor in each epoch."
            ),
            .integer("epsilon_epochs", \.epsilonEpochs, 0...most, "The epochs that it takes; 0 for all."),
            .integer(
                "permutations",
                \.configuration.permutations,
                1...1_000_000,
                "How many orders of the servers each episode is remembered in; an episode is played in every so many "
                    + "epochs."
            ),
        ]
    }

    private static var gradientKeys: [Setting<DQNSettings>] {
        [
            .integer("gradient_steps", \.configuration.gradientSteps, 0...most, "Gradient steps of an epoch."),
            .integer(
                "replay_capacity",
                \.configuration.replayCapacity,
                1...DQNConfiguration.largestReplay,
                "The decisions that are remembered."
            ),
            .integer("batch_size", \.configuration.batchSize, 1...most, "The decisions of one gradient step."),
            .integer(
                "target_interval",
                \.configuration.targetInterval,
                1...most,
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
                "What the learning rate is multiplied by now and then."
            ),
            .integer(
                "learning_rate_interval",
                \.configuration.learningRateInterval,
                1...most,
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
                "How far a Q is from what it should be: the square of the difference, or linear beyond huber_delta."
            ),
            .number("huber_delta", \.configuration.huberDelta, .positive(upTo: 1e9), "See loss."),
            .number(
                "gradient_clip",
                \.gradientClip,
                .within(0...1e9),
                "The largest norm of a gradient; a longer one is shortened. 0 for any."
            ),
        ]
    }

    func contradiction(with network: NetworkSettings) -> String? {
        guard let configuration = configuration(for: network) else {
            return "algorithm is \"dqn\", which cannot train a \"\(network.kind.rawValue)\" (network.architecture)"
        }
        do {
            try configuration.validate()
            return nil
        } catch {
            return Self.withKeys("\(error)")
        }
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner {
        guard let configuration = configuration(for: parts.network) else {
            preconditionFailure("a configuration is checked when it is read")
        }
        return try DQN(configuration, episodes: parts.source, normalisation: parts.normalisation, seed: parts.seed)
    }

    /// With the shape of the network; `nil` when there is no such learner.
    private func configuration(for network: NetworkSettings) -> DQNConfiguration? {
        var configuration = configuration
        switch network.kind {
        case .spane: configuration.network = .spane
        case .afterstate: configuration.network = .afterstate
        case .mlp: configuration.network = .mlp
        case .potential: return nil
        }
        configuration.serverWidth = network.server.width
        configuration.serverDepth = network.server.depth
        configuration.valueWidth = network.value.width
        configuration.valueDepth = network.value.depth
        configuration.advantageWidth = network.advantage.width
        configuration.advantageDepth = network.advantage.depth
        configuration.aggregators = network.aggregators
        configuration.hiddenWidth = network.hidden.width
        configuration.hiddenDepth = network.hidden.depth
        return configuration
    }

    /// The sentence with the names of properties as keys: `batchSize` as `batch_size`.
    private static func withKeys(_ sentence: String) -> String {
        var result = ""
        for character in sentence {
            if character.isUppercase, result.last?.isLowercase == true {
                result += "_" + character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }
}
