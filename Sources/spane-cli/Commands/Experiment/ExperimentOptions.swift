import ArgumentParser
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// What the experiments have in common.
struct ExperimentOptions: ParsableArguments {
    @OptionGroup var episodes: EpisodeOptions
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "\(Heuristic.names.joined(separator: ", ")), weights files, and groups of them as NAME=a.h5,b.h5.",
            valueName: "policy ..."
        )
    )
    var policies: [EntrantArgument]

    @OptionGroup var summary: SummaryOptions

    @Option(help: ArgumentHelp("Folder for the results; created if missing.", valueName: "folder"))
    var output: String

    @OptionGroup var lock: LockOptions

    func run(_ kind: Experiment.Kind, on clusters: [Fleet], of fleet: String? = nil) throws {
        let (trace, description) = try loadTrace(episodes.trace)
        if let first = clusters.first { _ = try episodes.scenario(trace, on: first, of: fleet) }
        let experiment = try Experiment(
            kind: kind,
            trace: trace,
            description: description,
            starts: episodes.startIndices(),
            until: episodes.length,
            clusters: clusters,
            policies: policies.flatMap { try $0.policies() }
        )
        try experiment.check(summary.settings)
        // The servers of all clusters are alike.
        if let first = clusters.first {
            for policy in experiment.policies { policy.source.noteMismatch(of: policy.name, with: first) }
        }
        let manifest = ExperimentManifest(
            experiment,
            traceFile: episodes.trace,
            starts: episodes.starts,
            version: Spane.version
        )
        let folder = ExperimentFolder(output)
        let held = try folder.hold(for: manifest, by: lock.guardian)
        try withExtendedLifetime(held) { try play(experiment, manifest, folder) }
    }

    private func play(_ experiment: Experiment, _ manifest: ExperimentManifest, _ folder: ExperimentFolder) throws {
        let threads = episodes.threadCount
        let plans = try experiment.plans(threads: threads)
        let before = try folder.begin(manifest, experiment.unplayed(plans))
        let missing = before.missingEpisodes
        let bar = ProgressBar("episodes", total: missing)
        let waits: ExperimentWaits
        do {
            defer { bar.clear() }
            waits = try experiment.run(
                plans,
                from: before,
                threads: threads,
                progress: { bar.show($0) },
                save: { try folder.save($0) }
            )
        }
        let figures = try experiment.summary(of: waits, plans, summary.settings, threads: threads)
        let report = ExperimentReport(kind: experiment.kind, summary: figures, waits: waits)
        // Printed first: a file that cannot be written shall not cost the result.
        StandardOutput.print(report.text)
        try report.write(to: folder)
        let played = plans.count * experiment.policies.count * experiment.starts.count
        if missing < played {
            StandardOutput.print(
                "\n\(NumberText.grouped(played - missing)) of \(NumberText.grouped(played)) episodes were played before."
            )
        }
        StandardOutput.print(
            "\n\(folder.path): results.h5, waits-N.csv, summary.md, summary.csv, summary.json, experiment.json"
        )
    }
}
