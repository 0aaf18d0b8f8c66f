internal import SpaneSettings

/// Everything that decides a training run.
package struct RunConfiguration: Sendable {
    /// `[run]`
    package var run: RunSettings
    /// `[data]`
    package var data = DataSettings()
    /// `[validation]`
    package var validation = ValidationSettings()
    /// `[network]`
    package var network = NetworkSettings()
    /// `[learner]`
    package var learner: any LearnerSettings

    let registry: LearnerRegistry

    /// The configuration of a preset.
    package init(preset: LearnerRegistry.Preset, of registry: LearnerRegistry) {
        run = RunSettings(preset: preset.name)
        learner = preset.learner
        self.registry = registry
        preset.adjust(&self)
    }

    /// The sections in the order in which they are printed.
    static let sections = ["run", "data", "validation", "network", "learner"]

    /// The keys that say which others there are.
    var selectors: [Setting<RunConfiguration>] {
        [
            NetworkSettings.kindKey.lifted(into: "network", \.network), algorithmKey,
            DataSettings.fleetKey.lifted(into: "data", \.data),
            ValidationSettings.fleetKey.lifted(into: "validation", \.validation),
        ]
    }

    /// All keys by section.
    var keys: [Setting<RunConfiguration>] {
        RunSettings.keys.map { $0.lifted(into: "run", \.run) }
            + data.keys.map { $0.lifted(into: "data", \.data) }
            + validation.keys(trainsOnFleet: !data.fleet.isEmpty).map { $0.lifted(into: "validation", \.validation) }
            + [selectors[0]]
            + network.keys.map { $0.lifted(into: "network", \.network) } + [selectors[1]]
            + Self.learnerKeys(of: learner)
    }

    /// The key of the preset, which is read before all others.
    var presetKey: Setting<RunConfiguration> {
        let rule = registry.presetRule
        return Setting(
            name: "run.preset",
            comment: "Preset that gives omitted keys their values.",
            rule: rule,
            read: { (configuration, value) throws(Refusal) in
                guard case .text(let name) = value, let preset = configuration.registry.preset(named: name) else {
                    throw Refusal(value: value, rule: rule)
                }
                configuration = RunConfiguration(preset: preset, of: configuration.registry)
            },
            write: { .text($0.run.preset) },
            // The values say it all.
            identity: { _ in nil }
        )
    }

    private var algorithmKey: Setting<RunConfiguration> {
        let rule = registry.algorithms.map { "\"\($0.algorithm)\"" }.joined(separator: " or ")
        return Setting(
            name: "learner.algorithm",
            comment: "Learning algorithm.",
            rule: rule,
            read: { (configuration, value) throws(Refusal) in
                let algorithms = configuration.registry.algorithms
                guard case .text(let name) = value, let algorithm = algorithms.first(where: { $0.algorithm == name })
                else { throw Refusal(value: value, rule: rule) }
                if type(of: configuration.learner).algorithm != name { configuration.learner = algorithm.init() }
            },
            write: { .text(type(of: $0.learner).algorithm) }
        )
    }

    private static func learnerKeys<Settings: LearnerSettings>(of _: Settings) -> [Setting<RunConfiguration>] {
        Settings.keys.map { key in
            key.lifted(into: "learner") {
                $0.learner as? Settings ?? Settings()
            } set: {
                $0.learner = $1
            }
        }
    }
}
