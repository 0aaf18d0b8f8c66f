internal import SpaneSettings

/// `[run]`: the run as a whole.
package struct RunSettings: Sendable {
    /// The name of the preset that the defaults come from.
    package var preset: String
    /// The seed of every random choice.
    package var seed = 1
    /// Threads; 0 for all processors.
    package var threads = 0
    /// Steps between two lines of the log.
    package var logEvery = 1
    /// Seconds between two checkpoints.
    package var checkpointSeconds = 60.0
    /// Whether the weights of every validation are kept.
    package var keepsValidated = false

    static var keys: [Setting<RunSettings>] {
        [
            .integer("seed", \.seed, 0...Int.max, "Random seed."),
            .integer(
                "threads",
                \.threads,
                0...4096,
                "Threads; 0 for all processors that the process may use. The results do not depend on it."
            ).excludedFromFingerprint,
            .integer("log_every", \.logEvery, 1...1_000_000_000, "Steps between two log lines."),
            .number(
                "checkpoint_seconds",
                \.checkpointSeconds,
                .within(0...86_400),
                "Seconds between two checkpoints; 0 for one after each step."
            ).excludedFromFingerprint,
            .flag(
                "keep_validated",
                \.keepsValidated,
                "Whether to keep the weights of every validation, not only the best and the last."
            ),
        ]
    }
}
