import SpaneEvaluation
import SpaneExperiments
import SpaneStorage
import Testing

/// The columns of experiments, and what shows them elsewhere.
@Suite struct MetricTests {
    @Test func namesInFiles() {
        #expect(
            ExperimentMetric.all.map(\.name) == [
                "trimmed_mean_10", "above_bound_10", "saved_10", "trimmed_mean_15", "above_bound_15", "saved_15",
                "mean_log",
                "share_above",
            ]
        )
        #expect(ExperimentMetric.all.filter(\.isPlain) == ExperimentMetric.plain)
        #expect(ExperimentMetric.saved15.summary(threshold: "").hasSuffix("trimmed means (15 %)"))
        #expect(ExperimentMetric.shareAbove.summary(threshold: "9") == "Share of episodes that wait over 9 s")
    }

    /// The page of `spane report` has the same titles and units, in the same order.
    @Test func thePythonPackage() throws {
        let source = try TextFile.read("bindings/python/src/spane/report/_metrics.py")
        let entries = source.split(separator: "\n").filter { $0.contains(": Metric(") }
        try #require(entries.count == ExperimentMetric.all.count)
        for (entry, metric) in zip(entries, ExperimentMetric.all) {
            let title = metric.title(threshold: "{threshold}")
            #expect(entry.hasPrefix("    \"\(metric.name)\": Metric(\"\(metric.unit)\", \"\(title)\", "))
        }
    }

    /// So does the table of the documentation, by the names in files.
    @Test func theDocumentation() throws {
        let text = try TextFile.read("docs/experiments.md")
        for metric in ExperimentMetric.plain { #expect(text.contains("| `\(metric.name)` |")) }
    }
}
