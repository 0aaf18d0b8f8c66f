import SpaneRuns
import SpaneSettings

/// The results of a search.
struct SearchReport {
    private let search: SearchConfiguration
    private let run: SearchRun

    init(_ search: SearchConfiguration, _ run: SearchRun) {
        self.search = search
        self.run = run
    }

    var text: String {
        let results = run.results
        var table = Table(header: ["place", "trial"] + search.names.map(Self.short) + ["validation", "step", "file"])
        for (place, result) in run.kept.enumerated() {
            guard let best = result.best else { continue }
            table.add(
                ["\(place + 1)", "\(result.trial)"] + search.values(ofTrial: result.trial).map(Self.short) + [
                    TrainingReport.number(best.value), NumberText.grouped(best.step), run.weights(result.trial),
                ]
            )
        }
        return table.text + "\n\n" + counts(results) + control(results)
    }

    private func counts(_ results: [SearchResult]) -> String {
        let ends = [SearchResult.Status.finished, .pruned, .diverged].compactMap { status in
            let count = results.count { $0.status == status }
            return count == 0 ? nil : "\(NumberText.grouped(count)) \(status.rawValue)"
        }
        let seconds = results.reduce(0) { $0 + $1.seconds }
        return "\(NumberText.grouped(results.count)) trials (\(ends.joined(separator: ", "))) in "
            + "\(NumberText.duration(seconds.rounded())) of computing time; all results in \(run.table)\n"
    }

    private func control(_ results: [SearchResult]) -> String {
        guard let untrained = results.map(\.untrained).min(), let first = results.first else { return "" }
        return
            "Untrained: the best of \(NumberText.grouped(results.count)) random networks of the same architectures has "
            + "\(TrainingReport.number(untrained)); First Fit has \(TrainingReport.number(first.firstFit))"
    }

    /// Digits enough to tell values apart.
    private static func short(_ value: TOML) -> String {
        if case .number(let number) = value { return "\(Float(number))" }
        return value.source
    }

    /// A key without its section.
    private static func short(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }
}
