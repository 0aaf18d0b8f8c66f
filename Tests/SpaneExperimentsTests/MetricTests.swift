import SpaneEvaluation
import SpaneExperiments
import SpaneStorage
import Testing

/// The columns of experiments, and what shows them elsewhere.
@Suite struct MetricTests {
    @Test func namesInFiles() {
        #expect(
            ExperimentMetric.all(of: .waitTime).map(\.name) == [
                "trimmed_mean_10", "above_bound_10", "saved_10", "trimmed_mean_15", "above_bound_15", "saved_15",
                "mean_log",
                "share_above",
            ]
        )
        #expect(
            ExperimentMetric.all(of: .servers).map(\.name) == [
                "servers_mean", "servers_above_bound", "servers_saved", "servers_p90",
            ]
        )
        #expect(ExperimentMetric.all(of: .flexibility) == ExperimentMetric.all(of: .waitTime))
        for kind in [Experiment.Kind.waitTime, .servers] {
            #expect(ExperimentMetric.all(of: kind).filter(\.isPlain) == ExperimentMetric.plain(of: kind))
        }
        #expect(ExperimentMetric.saved15.summary(threshold: "").hasSuffix("trimmed means (15 %)"))
        #expect(ExperimentMetric.shareAbove.summary(threshold: "9") == "Share of episodes that wait over 9 s")
    }

    /// The page of `spane report` has the same titles and units, in the same order.
    @Test func thePythonPackage() throws {
        let source = try TextFile.read("bindings/python/src/spane/report/_metrics.py")
        let entries = source.split(separator: "\n").filter { $0.contains(": Metric(") }
        let metrics = ExperimentMetric.all(of: .waitTime) + ExperimentMetric.all(of: .servers)
        try #require(entries.count == metrics.count)
        for (entry, metric) in zip(entries, metrics) {
            let title = metric.title(threshold: "{threshold}")
            #expect(entry.hasPrefix("    \"\(metric.name)\": Metric(\"\(metric.unit)\", \"\(title)\", "))
        }
    }

    /// So does the table of the documentation, by the names in files.
    @Test func theDocumentation() throws {
        let text = try TextFile.read("docs/experiments.md")
        for metric in ExperimentMetric.plain(of: .waitTime) + ExperimentMetric.plain(of: .servers) {
            #expect(text.contains("| `\(metric.name)` |"))
        }
    }
}
