public import SpaneEvaluation

/// The hyper-parameters of an ``Evolution``. ``parameters`` has their ranges.
public struct EvolutionConfiguration: Equatable, Sendable {
    /// The covariance matrix of the search distribution.
    public enum Covariance: String, CaseIterable, Codable, Equatable, Sendable {
        /// All correlations; for up to some hundred weights.
        case full
        /// The scale of each weight alone.
        case diagonal
    }

    /// The generations.
    public var generations = 100
    /// Candidates per generation.
    public var population = 32
    /// Episodes that every candidate of a generation plays, the same for all.
    public var episodes = 100
    /// The initial step size, in units of the scale of Kaiming's initial weights.
    public var sigma = 0.5
    /// What is minimised.
    public var objective = WaitMetric.meanLog
    /// The scale of ``SpaneEvaluation/WaitMetric/meanLog`` in seconds: the larger, the more long waits count.
    public var logScale = 1000.0
    /// The covariance matrix of the search distribution.
    public var covariance = Covariance.full
    /// Whether the search starts from random weights; otherwise it starts from zeros.
    public var startsFromRandomWeights = false
    /// Whether the model is an average of the distribution's means so far; otherwise it is the latest one.
    public var averagesMeans = true

    /// The defaults.
    public init() {}

    /// Refuses what cannot be run.
    ///
    /// - Throws: ``ConfigurationError`` naming the key, its value and what is allowed.
    public func validate() throws(ConfigurationError) { try checkParameters() }
}

extension EvolutionConfiguration: ParameterisedConfiguration {
    /// All hyper-parameters with their keys, ranges and meanings.
    public static var parameters: [Parameter<EvolutionConfiguration>] {
        [
            .integer("generations", \.generations, 1...1_000_000_000, "Generations, the steps of the run."),
            .integer("population", \.population, 4...4096, isEven: true, "Candidates per generation."),
            .integer(
                "episodes",
                \.episodes,
                1...100_000,
                "Episodes that every candidate of a generation plays, the same for all."
            ),
            .positive(
                "sigma",
                \.sigma,
                upTo: 1000,
                "Initial step size: the standard deviation of the search distribution in units of Kaiming's initial weights."
            ),
            .choice(
                "objective",
                \.objective,
                among: WaitMetric.all(for: .objective).map { ($0.key, $0) },
                name: { $0.key },
                "Objective to minimise, of the total waits of a generation's episodes: their mean without the lowest and "
                    + "highest tenth, their mean, or the mean of ln(1 + wait / log_scale)."
            ),
            .positive(
                "log_scale",
                \.logScale,
                upTo: 1e9,
                "Scale of the objective \"mean-log\" in seconds: it is about linear in shorter waits and logarithmic in longer "
                    + "ones."
            ),
            .choice(
                "covariance",
                \.covariance,
                "Covariance matrix of the search distribution: full (for up to a few hundred weights) or diagonal."
            ),
            .flag(
                "random_start",
                \.startsFromRandomWeights,
                "Whether the search starts from random weights instead of zeros."
            ),
            .flag(
                "average",
                \.averagesMeans,
                "Whether the model is a weighted average of the means of all generations, recent ones counting most, instead "
                    + "of the latest mean."
            ),
        ]
    }
}
