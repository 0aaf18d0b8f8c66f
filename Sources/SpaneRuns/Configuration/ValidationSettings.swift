internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneSettings

/// `[validation]`: how well the network does now and then.
package struct ValidationSettings: Equatable, Sendable {
    /// How the total waits of the episodes become one number.
    package enum Metric: String, CaseIterable, Sendable {
        /// The mean without the lowest and highest tenth.
        case trimmedMean = "trimmed-mean"
        /// The mean without the lowest and highest 15 %.
        case trimmedMean15 = "trimmed-mean-15"
        /// The mean of ln(1 + wait / 1000 s).
        case meanLog = "mean-log"
    }

    /// How the numbers of several clusters become one.
    package enum Combination: String, CaseIterable, Sendable {
        /// Their mean.
        case mean
        /// The mean of the logarithms of their ratios to First Fit.
        case ratio = "ratio-to-first-fit"
    }

    /// The file of the trace; empty for the first trace of the training.
    package var trace = ""
    /// A file, or `LO..<HI:COUNT:SEED`.
    package var starts = "50000..<70000:150:1"
    /// The file of the fleet; empty for the servers of the training, or `servers`.
    package var fleet = ""
    /// The number of servers of each cluster; empty for those of the training.
    package var servers: [Int] = []
    /// The step of the first validation.
    package var first = 1
    /// Steps between two validations.
    package var every = 250
    /// The run ends after so many equal results in a row; 0 for never.
    package var patience = 4
    /// How waits become one number.
    package var metric = Metric.trimmedMean
    /// How clusters become one number.
    package var combination = Combination.mean

    /// What says whether there is a key of servers.
    static var fleetKey: Setting<ValidationSettings> {
        .file("fleet", \.fleet, "The servers as a fleet, as in [data]; \"\" for those of [data].")
    }

    /// - Parameter trainsOnFleet: whether `[data]` has a fleet, which has no size of servers.
    func keys(trainsOnFleet: Bool) -> [Setting<ValidationSettings>] {
        Self.episodeKeys + [Self.fleetKey] + (fleet.isEmpty && !trainsOnFleet ? [Self.serversKey] : [])
            + Self.resultKeys
    }

    private static var serversKey: Setting<ValidationSettings> {
        .integers(
            "servers",
            \.servers,
            1...Fleet.maximumServers,
            mayBeEmpty: true,
            "The number of servers of a cluster; every one plays all episodes. Empty for those of [data]."
        )
    }

    private static var episodeKeys: [Setting<ValidationSettings>] {
        [
            .text("trace", \.trace, "The trace; \"\" for the first trace of [data].").excludedFromFingerprint,
            .text(
                "starts",
                \.starts,
                "The first VMs of the episodes: a file with one index a line, or COUNT distinct ones drawn from a range, as "
                    + "\"LO..<HI:COUNT:SEED\"."
            ).excludedFromFingerprint,
        ]
    }

    private static var resultKeys: [Setting<ValidationSettings>] {
        [
            .integer("first", \.first, 0...1_000_000_000, "The step of the first validation; 0 for before any."),
            .integer("every", \.every, 1...1_000_000_000, "Steps between two validations; the last step has one too."),
            .integer(
                "patience",
                \.patience,
                0...1_000_000,
                "The run ends after so many equal results in a row; 0 for never."
            ),
            .choice(
                "metric",
                \.metric,
                "What is made of the total waits of the episodes, in seconds: their mean without the lowest and highest 10 "
                    + "or 15 %, or the mean of ln(1 + wait / 1000)."
            ),
            .choice(
                "combination",
                \.combination,
                "What is made of several numbers of servers: the mean of their metrics, or of the logarithms of their "
                    + "ratios to First Fit's (their differences, if the metric is a logarithm)."
            ),
        ]
    }
}
