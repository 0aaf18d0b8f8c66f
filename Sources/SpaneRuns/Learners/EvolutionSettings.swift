internal import SpaneSettings
internal import SpaneTraining

/// `[learner]` with `algorithm = "evolution"`.
struct EvolutionSettings: LearnerSettings {
    static let algorithm = "evolution"

    private var configuration = EvolutionConfiguration()

    static var keys: [Setting<EvolutionSettings>] {
        EvolutionConfiguration.parameters.map { .parameter($0, of: \.configuration) }
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner {
        try Evolution(
            configuration,
            architecture: parts.architecture,
            normalisation: parts.normalisation,
            source: parts.source,
            seed: parts.seed,
            threads: parts.threads
        )
    }
}
