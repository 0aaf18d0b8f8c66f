extension Catalogue {
    /// What `spane train` knows.
    package static let standard = Catalogue(
        algorithms: [EvolutionSettings.self],
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
        ]
    )
}
