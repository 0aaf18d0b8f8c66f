internal import SpaneTraining

extension Catalogue {
    /// What `spane train` knows.
    package static let standard = Catalogue(
        algorithms: [DQNSettings.self, EvolutionSettings.self],
        presets: DQNConfiguration.presets.map { Preset($0.name, learner: DQNSettings($0.configuration)) } + [potential]
    )

    /// A potential of single servers, found by an evolution strategy.
    private static let potential = Preset("potential", learner: EvolutionSettings()) { configuration in
        configuration.network.kind = .potential
        configuration.validation.first = 0
        configuration.validation.every = 10
        configuration.validation.patience = 0
    }
}
