internal import SpaneSettings
internal import SpaneTraining

/// `[learner]` with `algorithm = "evolution"`.
struct EvolutionSettings: LearnerSettings {
    static let algorithm = "evolution"

    private var configuration = EvolutionConfiguration()

    static var keys: [Setting<EvolutionSettings>] {
        [
            .integer(
                "generations",
                \.configuration.generations,
                1...1_000_000_000,
                "Generations: the steps of the run."
            ),
            .integer(
                "population",
                \.configuration.population,
                4...4096,
                isEven: true,
                "Candidates of a generation."
            ),
            .integer(
                "episodes",
                \.configuration.episodes,
                1...100_000,
                "Episodes that every candidate of a generation plays, the same for all of them."
            ),
            .number(
                "sigma",
                \.configuration.sigma,
                .positive(upTo: 1000),
                "The standard deviation of the first steps, in units of the scale of Kaiming's initial weights."
            ),
            .choice(
                "objective",
                \.configuration.objective,
                "What of the waits is made small: the mean of ln(1 + wait / log_scale), their mean without the lowest "
                    + "and highest tenth, or their mean."
            ),
            .number(
                "log_scale",
                \.configuration.logScale,
                .positive(upTo: 1e9),
                "Seconds of wait in an episode. Up to about this much a wait counts in proportion, beyond it by its "
                    + "logarithm."
            ),
            .choice(
                "covariance",
                \.configuration.covariance,
                "What is learned about the distribution of good weights: all correlations (for up to some hundred "
                    + "weights), or the scale of each."
            ),
            .flag(
                "random_start",
                \.configuration.startsFromRandomWeights,
                "Whether the search starts from random weights instead of zeros."
            ),
            .flag(
                "average",
                \.configuration.averagesMeans,
                "Whether the model is an average of the generations' means, mostly of late ones, or the latest one."
            ),
        ]
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner {
        var configuration = configuration
        configuration.seed = parts.seed
        return try Evolution(
            configuration,
            architecture: parts.architecture,
            normalisation: parts.normalisation,
            source: parts.source,
            threads: parts.threads
        )
    }
}
