/// The algorithms and presets that configurations may name.
package struct LearnerRegistry: Sendable {
    /// A set of defaults.
    package struct Preset: Sendable {
        /// Its name.
        package let name: String
        /// Its algorithm.
        package let learner: any LearnerSettings
        /// What it changes beside the learner.
        package let adjust: @Sendable (inout RunConfiguration) -> Void

        package init(
            _ name: String,
            learner: any LearnerSettings,
            adjust: @escaping @Sendable (inout RunConfiguration) -> Void = { _ in }
        ) {
            self.name = name
            self.learner = learner
            self.adjust = adjust
        }
    }

    /// The algorithms.
    package let algorithms: [any LearnerSettings.Type]
    /// The presets, the default one first.
    package let presets: [Preset]

    package init(algorithms: [any LearnerSettings.Type], presets: [Preset]) {
        self.algorithms = algorithms
        self.presets = presets
    }

    package func preset(named name: String) -> Preset? { presets.first { $0.name == name } }

    /// The names of the presets, to follow "it must be".
    package var presetRule: String { presets.map { "\"\($0.name)\"" }.joined(separator: " or ") }
}
