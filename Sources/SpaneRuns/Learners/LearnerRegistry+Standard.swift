internal import SpaneTraining

extension LearnerRegistry {
    /// What `spane train` knows.
    package static let standard = LearnerRegistry(
        algorithms: [DQNSettings.self, EvolutionSettings.self],
        presets: DQNConfiguration.presets.map(preset) + [potential]
    )

    private static func preset(_ name: String, _ configuration: DQNConfiguration) -> Preset {
        let kind: NetworkSettings.Kind =
            switch configuration.network {
            case .spane: .spane
            case .afterstate: .afterstate
            case .mlp: .mlp
            }
        return Preset(name, learner: DQNSettings(configuration)) { $0.network.kind = kind }
    }

    /// A potential of single servers, found by an evolution strategy.
    private static let potential = Preset("potential", learner: EvolutionSettings()) { configuration in
        configuration.network.kind = .potential
        configuration.validation.first = 0
        configuration.validation.every = 10
        configuration.validation.patience = 0
    }
}
