internal import SpaneNetworks
internal import SpaneTraining

extension LearnerRegistry {
    /// What `spane train` knows.
    package static let standard = LearnerRegistry(
        algorithms: [DQNSettings.self, EvolutionSettings.self],
        presets: DQNConfiguration.presets.map(preset) + [potential]
    )

    private static func preset(_ preset: DQNConfiguration.Preset) -> Preset {
        Preset(preset.name, learner: DQNSettings(preset.configuration)) { $0.network.kind = preset.network }
    }

    /// A potential of single servers, found by an evolution strategy.
    private static let potential = Preset("potential", learner: EvolutionSettings()) { configuration in
        configuration.network.kind = .potential
        configuration.validation.first = 0
        configuration.validation.every = 10
        configuration.validation.patience = 0
    }
}
