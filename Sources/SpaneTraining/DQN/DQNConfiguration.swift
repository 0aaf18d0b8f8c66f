public import SpaneNetworks

/// What a ``DQN`` does, but for its episodes and its seed.
///
/// The defaults are those of the paper (section VI) unless one says otherwise.
public struct DQNConfiguration: Equatable, Sendable {
    /// The kinds of networks.
    public enum Network: String, CaseIterable, Sendable {
        /// ``SpaneNetworks/SpaneArchitecture``
        case spane
        /// ``SpaneNetworks/AfterstateArchitecture``
        case afterstate
        /// ``SpaneNetworks/MLPArchitecture``, bound to the number of servers of the clusters.
        case mlp
    }

    /// What an action is worth.
    public enum Return: String, CaseIterable, Sendable {
        /// ``nSteps`` rewards and the value of the state after them, by double Q-learning.
        case nStep = "n-step"
        /// All rewards to the end of the episode.
        case monteCarlo = "monte-carlo"
    }

    /// What a placement is worth by itself.
    public enum Reward: String, CaseIterable, Sendable {
        /// -ln(1 + wait in seconds).
        case logWait = "log-wait"
        /// Minus the wait, in units of ``waitUnit``.
        case wait
        /// `logWait` plus ``balanceWeight`` times the change of how evenly the NUMA nodes are used.
        case balance
    }

    /// How far a Q is from what it should be.
    public enum Loss: String, CaseIterable, Sendable {
        /// The square of the difference.
        case mse
        /// Half the square of a difference up to ``huberDelta``, linear beyond.
        case huber
    }

    /// How the rate of exploration goes from ``epsilonStart`` to ``epsilonEnd``.
    public enum EpsilonSchedule: String, CaseIterable, Sendable {
        /// By the same amount each epoch.
        case linear
        /// By the same factor each epoch; both ends must be above 0.
        case exponential
    }

    // MARK: The network

    /// The kind of network.
    public var network = Network.spane
    /// Hidden units of the server embedding. Not for `mlp`.
    public var serverWidth = 8
    /// Hidden layers of the server embedding. Not for `mlp`.
    public var serverDepth = 1
    /// Hidden units of the value network. Not for `mlp`.
    public var valueWidth = 8
    /// Hidden layers of the value network. Not for `mlp`.
    public var valueDepth = 1
    /// Hidden units of the advantage network. Not for `mlp`.
    public var advantageWidth = 16
    /// Hidden layers of the advantage network. Not for `mlp`.
    public var advantageDepth = 1
    /// How server embeddings are pooled. Not for `mlp`.
    public var aggregators: [Aggregator] = [.mean]
    /// Hidden units of an `mlp`.
    public var hiddenWidth = 32
    /// Hidden layers of an `mlp`.
    public var hiddenDepth = 2

    // MARK: What is learned

    /// What an action is worth.
    public var returns = Return.nStep
    /// The rewards of an n-step return.
    public var nSteps = 50
    /// What a reward one step later is worth, 0 ... 1.
    public var discount = 0.95
    /// Whether the bootstrap of an n-step return looks at available actions only. The paper's does not.
    public var masksBootstrap = false
    /// What a placement is worth by itself.
    public var reward = Reward.logWait
    /// The weight of the reward `balance`; not in the paper's text, whose code has this reward.
    public var balanceWeight = 1.0
    /// The unit of the reward `wait`, in seconds.
    public var waitUnit = 1000.0

    // MARK: Episodes

    /// The epochs; each plays one episode and does ``gradientSteps``.
    public var epochs = 5000
    /// The episodes played before the first epoch, with ``epsilonStart``.
    public var warmUpEpisodes = 100
    /// The share of random actions in the first epoch, 0 ... 1.
    public var epsilonStart = 0.6
    /// The share of random actions from ``epsilonEpochs`` on, 0 ... 1.
    public var epsilonEnd = 0.0
    /// How it goes from one to the other.
    public var epsilonSchedule = EpsilonSchedule.linear
    /// The epochs that it takes; `nil` for all.
    public var epsilonEpochs: Int?
    /// How many orders of the servers each episode is remembered in, itself and random ones: 1 for no augmentation.
    /// With k orders only every k-th epoch plays an episode (MLPAUG).
    public var permutations = 1

    // MARK: Gradient steps

    /// The gradient steps of an epoch.
    public var gradientSteps = 1
    /// The decisions that are remembered.
    public var replayCapacity = 100_000
    /// The decisions of one gradient step; while fewer are remembered, all.
    public var batchSize = 1024
    /// The gradient steps between two copies of the weights to the target network.
    public var targetInterval = 100
    /// The first learning rate of Adam. The paper's search used 0.001, of which the mended learner learns too little.
    public var learningRate = 0.01
    /// What the learning rate is multiplied by every ``learningRateInterval`` gradient steps, above 0 and at most 1.
    public var learningRateFactor = 0.99
    /// The gradient steps between two changes of the learning rate.
    public var learningRateInterval = 100
    /// How much of each parameter is added to its gradient.
    public var weightDecay = 1e-8
    /// How far a Q is from what it should be.
    public var loss = Loss.mse
    /// From where on a huber loss is linear.
    public var huberDelta = 1.0
    /// The largest norm of the gradient; a longer one is shortened. `nil` for any, as in the paper.
    public var gradientClip: Double?

    /// Everything at its default.
    public init() {}
}
