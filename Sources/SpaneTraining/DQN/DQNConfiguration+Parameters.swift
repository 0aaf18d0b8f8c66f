extension DQNConfiguration: ParameterisedConfiguration {
    /// All hyper-parameters with their keys, ranges and meanings.
    public static var parameters: [Parameter<DQNConfiguration>] {
        returnParameters + episodeParameters + gradientParameters
    }

    /// More than any run has.
    private static let most = 1_000_000_000

    private static var returnParameters: [Parameter<DQNConfiguration>] {
        [
            .choice(
                "returns",
                \.returns,
                "How the return of an action is estimated: n_steps rewards and the bootstrapped value of the state after them, "
                    + "or all rewards to the end of the episode."
            ),
            .integer("n_steps", \.nSteps, 1...most, "Rewards in an n-step return."),
            .number("discount", \.discount, 0...1, "Discount factor."),
            .flag(
                "masks_bootstrap",
                \.masksBootstrap,
                "Whether the bootstrap target of an n-step return maximises over available actions only."
            ),
            .choice(
                "reward",
                \.reward,
                "Reward of a placement: -ln(1 + wait in seconds); minus the wait in units of wait_unit; or the first plus "
                    + "balance_weight times the change in how evenly the NUMA nodes are used."
            ),
            .number("balance_weight", \.balanceWeight, -1e9...1e9, "Weight of the balance in the reward \"balance\"."),
            .positive("wait_unit", \.waitUnit, upTo: 1e12, "Unit of the reward \"wait\", in seconds."),
        ]
    }

    private static var episodeParameters: [Parameter<DQNConfiguration>] {
        [
            .integer(
                "epochs",
                \.epochs,
                1...most,
                "Training epochs, the steps of the run: each plays one episode and does gradient_steps gradient steps."
            ),
            .integer(
                "warm_up_episodes",
                \.warmUpEpisodes,
                0...most,
                "Episodes played before the first epoch to fill the replay buffer."
            ),
            .number(
                "epsilon_start",
                \.epsilonStart,
                0...1,
                "Initial epsilon: the probability of a random action in the first epoch."
            ),
            .number("epsilon_end", \.epsilonEnd, 0...1, "Final epsilon."),
            .choice(
                "epsilon_schedule",
                \.epsilonSchedule,
                "How epsilon decays: by the same amount or by the same factor in each epoch."
            ),
            .integer("epsilon_epochs", \.epsilonEpochs, 0...most, "Epochs over which epsilon decays; 0 for all."),
            .integer(
                "permutations",
                \.permutations,
                1...1_000_000,
                "Data augmentation: the permutations of the servers, the original included, in which each episode is stored. "
                    + "With k of them every k-th epoch plays an episode."
            ),
        ]
    }

    private static var gradientParameters: [Parameter<DQNConfiguration>] {
        [
            .integer("gradient_steps", \.gradientSteps, 0...most, "Gradient steps per epoch."),
            .integer("replay_capacity", \.replayCapacity, 1...100_000_000, "Replay buffer size, in transitions."),
            .integer("batch_size", \.batchSize, 1...most, "Batch size: transitions per gradient step."),
            .integer(
                "target_interval",
                \.targetInterval,
                1...most,
                "Target network update interval, in gradient steps."
            ),
            .positive("learning_rate", \.learningRate, upTo: 1000, "Initial learning rate of Adam."),
            .positive(
                "learning_rate_factor",
                \.learningRateFactor,
                upTo: 1,
                "Learning-rate decay: the factor applied every learning_rate_interval gradient steps."
            ),
            .integer(
                "learning_rate_interval",
                \.learningRateInterval,
                1...most,
                "Gradient steps between two learning-rate decays."
            ),
            .number("weight_decay", \.weightDecay, 0...1000, "Weight decay of Adam, as an L2 penalty."),
            .choice("loss", \.loss, "Loss function: squared error, or Huber, which is linear beyond huber_delta."),
            .positive("huber_delta", \.huberDelta, upTo: 1e9, "Error beyond which the Huber loss is linear."),
            .number(
                "gradient_clip",
                \.gradientClip,
                0...1e9,
                "Gradient clipping: the largest norm of a gradient; 0 to disable."
            ),
        ]
    }
}
