/// The hyper-parameters of a ``DQN``. ``parameters`` has their ranges.
///
/// The defaults are those of the paper (section VI) unless one says otherwise.
public struct DQNConfiguration: Equatable, Sendable {
    /// How the return of an action is estimated.
    public enum Return: String, CaseIterable, Sendable {
        /// ``nSteps`` rewards and the value of the state after them, by double Q-learning.
        case nStep = "n-step"
        /// All rewards to the end of the episode.
        case monteCarlo = "monte-carlo"
    }

    /// The reward of a placement.
    public enum Reward: String, CaseIterable, Sendable {
        /// -ln(1 + wait in seconds).
        case logWait = "log-wait"
        /// Minus the wait, in units of ``waitUnit``.
        case wait
        /// `logWait` plus ``balanceWeight`` times the change of how evenly the NUMA nodes are used.
        case balance
    }

    /// The loss function.
    public enum Loss: String, CaseIterable, Sendable {
        /// The squared error.
        case mse
        /// Half the squared error up to ``huberDelta``, linear beyond.
        case huber
    }

    /// How epsilon decays from ``epsilonStart`` to ``epsilonEnd``.
    public enum EpsilonSchedule: String, CaseIterable, Sendable {
        /// By the same amount each epoch.
        case linear
        /// By the same factor each epoch; both ends must be above 0.
        case exponential
    }

    // MARK: Returns and rewards

    /// How the return of an action is estimated.
    public var returns = Return.nStep
    /// Rewards in an n-step return.
    public var nSteps = 50
    /// The discount factor.
    public var discount = 0.95
    /// Whether the bootstrap target maximises over available actions only. The paper's does not.
    public var masksBootstrap = false
    /// The reward of a placement.
    public var reward = Reward.logWait
    /// The weight of the reward `balance`; not in the paper's text, whose code has this reward.
    public var balanceWeight = 1.0
    /// The unit of the reward `wait`, in seconds.
    public var waitUnit = 1000.0

    // MARK: Episodes and exploration

    /// Training epochs; each plays one episode and does ``gradientSteps``.
    public var epochs = 5000
    /// Episodes played before the first epoch, with ``epsilonStart``.
    public var warmUpEpisodes = 100
    /// Initial epsilon: the probability of a random action in the first epoch.
    public var epsilonStart = 0.6
    /// Final epsilon, from ``epsilonEpochs`` on.
    public var epsilonEnd = 0.0
    /// How epsilon decays.
    public var epsilonSchedule = EpsilonSchedule.linear
    /// Epochs over which epsilon decays; 0 for all.
    public var epsilonEpochs = 0
    /// Permutations of the servers in which each episode is stored, itself included: 1 for no augmentation.
    /// With k permutations only every k-th epoch plays an episode (MLPAUG).
    public var permutations = 1

    // MARK: Gradient steps

    /// Gradient steps per epoch.
    public var gradientSteps = 1
    /// Replay buffer size in transitions.
    public var replayCapacity = 100_000
    /// Transitions per gradient step; all while the buffer has fewer.
    public var batchSize = 1024
    /// Gradient steps between two updates of the target network.
    public var targetInterval = 100
    /// The initial learning rate of Adam. The paper's search used 0.001, of which the mended learner learns too little.
    public var learningRate = 0.01
    /// The factor on the learning rate every ``learningRateInterval`` gradient steps.
    public var learningRateFactor = 0.99
    /// Gradient steps between two decays of the learning rate.
    public var learningRateInterval = 100
    /// Weight decay: how much of each parameter is added to its gradient.
    public var weightDecay = 1e-8
    /// The loss function.
    public var loss = Loss.mse
    /// Where a Huber loss becomes linear.
    public var huberDelta = 1.0
    /// Gradient clipping: the largest norm of a gradient; 0 for none, as in the paper.
    public var gradientClip = 0.0

    /// Everything at its default.
    public init() {}
}
