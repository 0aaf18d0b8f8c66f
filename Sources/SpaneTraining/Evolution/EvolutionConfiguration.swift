/// How an ``Evolution`` searches.
public struct EvolutionConfiguration: Equatable, Sendable {
    /// What is learned about the distribution of good weights.
    public enum Covariance: String, CaseIterable, Codable, Equatable, Sendable {
        /// All correlations; for up to some hundred weights.
        case full
        /// The scale of each weight alone.
        case diagonal
    }

    /// The generations.
    public var generations = 100
    /// The candidates of a generation: even, 4 ... 4096.
    public var population = 32
    /// The episodes that every candidate of a generation plays: 1 ... 100,000, the same for all of them.
    public var episodes = 100
    /// The standard deviation of the first steps, in units of the scale of Kaiming's initial weights, above 0.
    public var sigma = 0.5
    /// What is made small.
    public var objective = Objective.meanLog
    /// The scale of ``Objective/meanLog`` in seconds, above 0: the larger, the more long waits count.
    public var logScale = 1000.0
    /// What is learned about the distribution of good weights.
    public var covariance = Covariance.full
    /// Whether the search starts from random weights; otherwise it starts from zeros.
    public var startsFromRandomWeights = false
    /// Whether the model is an average of the distribution's means so far; otherwise it is the present one.
    public var averagesMeans = true
    /// What every random choice follows from.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Refuses what cannot be run.
    ///
    /// - Throws: ``ConfigurationError`` naming the key, its value and what is allowed.
    public func validate() throws(ConfigurationError) {
        try ConfigurationError.require(generations >= 1, "generations", generations, "at least 1")
        try ConfigurationError.require(
            population.isMultiple(of: 2) && population >= 4 && population <= 4096,
            "population",
            population,
            "an even number in 4 ... 4096"
        )
        try ConfigurationError.require(
            episodes >= 1 && episodes <= 100_000,
            "episodes",
            episodes,
            "in 1 ... 100000"
        )
        try ConfigurationError.require(sigma > 0 && sigma.isFinite, "sigma", sigma, "finite and above 0")
        try ConfigurationError.require(
            logScale > 0 && logScale.isFinite,
            "log_scale",
            logScale,
            "finite and above 0"
        )
    }
}
