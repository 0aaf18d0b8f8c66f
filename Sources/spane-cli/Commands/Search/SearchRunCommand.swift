import ArgumentParser
import SpaneEvaluation
import SpaneSystem
import SpaneRuns
import SpaneSettings

struct SearchRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Train many networks with different hyper-parameters and keep the best.",
        discussion: """
            The file is a configuration of 'spane train' with a section [space] of the keys that vary. Every trial is \
            a complete run on one thread. The folder gets all results (results.csv, results.h5) and the weights of \
            the best trials. After a crash or Ctrl-C, run the same command again to resume: finished trials are kept, \
            the others resume from their checkpoints. The control is one untrained network per trial, of the same \
            architecture and validated in the same way. See docs/training.md.
            """
    )

    @Argument(help: ArgumentHelp("Configuration and search space in TOML.", valueName: "space.toml"))
    var source: String

    @Option(help: ArgumentHelp("Search folder; created if missing.", valueName: "folder"))
    var output: String

    @Option(
        name: .customLong("trace"),
        help: ArgumentHelp(
            "Trace to train on; overrides those of the file, in their order. May be repeated.",
            valueName: "file"
        )
    )
    var traces: [String] = []

    @Option(help: "Number of trials; overrides that of the file, and may be raised later.")
    var trials: Int?

    @Option(help: "Random seed of the search; overrides that of the file.")
    var seed: Int?

    @Option(help: "Number of best trials whose weights are kept; overrides that of the file.")
    var keep: Int?

    @Option(help: "Number of trials at a time; the results do not depend on it. [default: all available processors]")
    var threads: Int?

    @OptionGroup var lock: LockOptions

    func validate() throws {
        for (name, value, least) in [("threads", threads, 1), ("trials", trials, 1), ("keep", keep, 1)] {
            if let value, value < least {
                throw ValidationError("--\(name) is \(value); it must be at least \(least).")
            }
        }
        let most = SearchSettings.mostTrials
        for (name, value) in [("trials", trials), ("keep", keep)] {
            if let value, value > most { throw ValidationError("--\(name) is \(value); it must be at most \(most).") }
        }
        if let seed, seed < 0 { throw ValidationError("--seed is \(seed); it must not be negative.") }
    }

    func run() throws {
        let search = try read()
        let run = try SearchRun(search, in: output, by: lock.guardian, version: Spane.version)
        StopSignal.install()
        let bar = ProgressBar("trials", total: search.trialCount, first: run.results.count, lineInterval: 30)
        let outcome = try run.run(threads: threads ?? processorCount, mustStop: { StopSignal.number != nil }) {
            bar.show($0)
        }
        bar.clear()
        guard outcome == .finished else {
            StandardOutput.print(
                StopReport.text(
                    "Stopped after \(NumberText.grouped(run.results.count)) of "
                        + "\(NumberText.grouped(search.trialCount)) trials"
                )
            )
            throw StopReport.exitCode
        }
        StandardOutput.print(SearchReport(search, run).text)
    }

    private func read() throws -> SearchConfiguration {
        var search = try SearchConfiguration.read(source, registry: .standard)
        if let trials { search.settings.trials = trials }
        if let seed { search.settings.seed = seed }
        if let keep { search.settings.keep = keep }
        try search.check()
        try search.changeTraces { try $0.take(traces: traces, file: source) }
        return search
    }
}

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
