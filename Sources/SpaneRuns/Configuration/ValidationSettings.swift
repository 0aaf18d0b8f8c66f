package import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneSettings

/// `[validation]`: how well the network does now and then.
package struct ValidationSettings: Equatable, Sendable {
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
    package var metric = WaitMetric.trimmedMean10
    /// How clusters become one number.
    package var combination = Combination.mean

    /// What says whether there is a key of servers.
    static var fleetKey: Setting<ValidationSettings> {
        .file("fleet", \.fleet, "Fleet to validate on, as in [data]; \"\" for that of [data].")
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
            "Cluster sizes in servers; each plays all episodes. Empty for those of [data]."
        )
    }

    private static var episodeKeys: [Setting<ValidationSettings>] {
        [
            .text("trace", \.trace, "Trace to validate on; \"\" for the first one of [data].").excludedFromFingerprint,
            .text(
                "starts",
                \.starts,
                "First VM of each episode: a file with one index per line, or \"LO..<HI:COUNT:SEED\", which samples COUNT distinct "
                    + "ones from a range."
            ).excludedFromFingerprint,
        ]
    }

    private static var metricKey: Setting<ValidationSettings> {
        let metrics = WaitMetric.all(for: .validation)
        return Setting(
            "metric",
            .choice(metrics.map(\.key)),
            "Metric of the episodes' total waits in seconds: their mean without the lowest and highest 10 or 15 %, or the mean "
                + "of ln(1 + wait / 1000).",
            get: { .text($0.metric.key) },
            set: { settings, value in
                for metric in metrics where value == .text(metric.key) { settings.metric = metric }
            }
        )
    }

    private static var resultKeys: [Setting<ValidationSettings>] {
        [
            .integer(
                "first",
                \.first,
                0...1_000_000_000,
                "Step of the first validation; 0 to validate before the first step."
            ),
            .integer(
                "every",
                \.every,
                1...1_000_000_000,
                "Steps between two validations; the last step is always validated."
            ),
            .integer(
                "patience",
                \.patience,
                0...1_000_000,
                "Early stopping: the run ends after so many equal results in a row; 0 to disable."
            ),
            metricKey,
            .choice(
                "combination",
                \.combination,
                "How the metrics of several cluster sizes are combined: their mean, or the mean of the logarithms of their ratios "
                    + "to First Fit's (of their differences, if the metric is a logarithm)."
            ),
        ]
    }
}
