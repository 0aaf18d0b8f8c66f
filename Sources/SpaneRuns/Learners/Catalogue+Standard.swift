internal import SpaneTraining

extension Catalogue {
    /// What `spane train` knows.
    package static let standard = Catalogue(
        algorithms: [EvolutionSettings.self, DQNSettings.self],
        presets: [
            Preset(
                "potential",
                "a potential of single servers, found by an evolution strategy",
                learner: EvolutionSettings()
            ) { configuration in
                configuration.network.kind = .potential
                configuration.validation.first = 0
                configuration.validation.every = 10
                configuration.validation.patience = 0
            }
        ] + (DQNConfiguration.presets + mlpPresets).compactMap { preset(named: $0.name, $0.configuration) }
    )

    /// The networks without symmetry that the paper compares with, without and with permuted copies of the episodes.
    private static var mlpPresets: [(name: String, configuration: DQNConfiguration)] {
        [("mlpdqn", 1), ("mlpaug", 5)].map { name, permutations in
            var configuration = DQNConfiguration.published
            configuration.network = .mlp
            configuration.permutations = permutations
            return (name, configuration)
        }
    }

    /// Validation is the paper's, which is the default.
    private static func preset(named name: String, _ learner: DQNConfiguration) -> Preset? {
        learner.shape.map { shape in
            Preset(name, "the DQN \"\(name)\"", learner: DQNSettings(learner)) { $0.network = shape }
        }
    }
}
