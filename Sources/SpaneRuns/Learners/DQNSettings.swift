internal import SpaneSettings
internal import SpaneTraining

/// `[learner]` with `algorithm = "dqn"`.
struct DQNSettings: LearnerSettings {
    static let algorithm = "dqn"

    private var configuration: DQNConfiguration

    init() { self.init(DQNConfiguration()) }

    init(_ configuration: DQNConfiguration) { self.configuration = configuration }

    static var keys: [Setting<DQNSettings>] {
        DQNConfiguration.parameters.map { .parameter($0, of: \.configuration) }
    }

    func contradiction(with network: NetworkSettings) -> String? {
        do {
            // How many servers there are does not matter here.
            try configuration.validate(for: network.architecture(servers: 1))
            return nil
        } catch {
            return "\(error)"
        }
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner {
        try DQN(
            configuration,
            architecture: parts.architecture,
            normalisation: parts.normalisation,
            source: parts.source,
            seed: parts.seed
        )
    }
}
