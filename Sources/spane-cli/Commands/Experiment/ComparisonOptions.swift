import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneStorage

/// What all experiments have in common: who takes part, and the folder of the results.
struct ComparisonOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            EntrantArgument.usage,
            valueName: "policy ..."
        )
    )
    var policies: [EntrantArgument]

    @Option(help: ArgumentHelp("Folder for the results; created if missing.", valueName: "folder"))
    var output: String

    @OptionGroup var mixOptions: MixOptions

    @OptionGroup var lock: LockOptions

    /// The policies as they are to be compared, and the mix of which rules among them make use.
    ///
    /// - Parameter trace: the file of the trace.
    func entrants(beside trace: String) throws -> (policies: [Experiment.Policy], mix: GivenMix?) {
        let mix = try mixOptions.load(beside: trace)
        let entrants = try policies.flatMap { try $0.policies(mix: mix?.flavors) }
        try mix.check(isUsedBy: entrants.map(\.source))
        return (entrants, mix)
    }

    /// Plays what the folder lacks of an experiment, and shows and keeps its summary.
    ///
    /// - Parameter starts: the starts as they were asked for.
    func run(
        _ experiment: Experiment,
        traceFile: String,
        starts: String,
        _ settings: SummarySettings,
        threads: Int
    ) throws {
        try experiment.check(settings)
        // The servers of all clusters are alike.
        if let first = experiment.clusters.first {
            for policy in experiment.policies { policy.source.noteMismatch(of: policy.name, with: first) }
        }
        let manifest = ExperimentManifest(experiment, traceFile: traceFile, starts: starts, version: Spane.version)
        let folder = ExperimentFolder(output)
        let held = try folder.hold(for: manifest, by: lock.guardian)
        try withExtendedLifetime(held) { try play(experiment, manifest, folder, settings, threads) }
    }

    private func play(
        _ experiment: Experiment,
        _ manifest: ExperimentManifest,
        _ folder: ExperimentFolder,
        _ settings: SummarySettings,
        _ threads: Int
    ) throws {
        let plans = try experiment.plans(threads: threads)
        let before = try folder.begin(manifest, experiment.unplayed(plans))
        let missing = before.missingEpisodes
        let unit = before.countsServers ? "windows" : "episodes"
        let bar = ProgressBar(unit, total: missing)
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
        let figures = try experiment.summary(of: waits, plans, settings, threads: threads)
        let report = ExperimentReport(kind: experiment.kind, summary: figures, waits: waits)
        // Printed first: a file that cannot be written shall not cost the result.
        StandardOutput.print(report.text)
        try report.write(to: folder)
        let played = plans.count * experiment.policies.count * experiment.starts.count
        if missing < played {
            StandardOutput.print(
                "\n\(NumberText.grouped(played - missing)) of \(NumberText.grouped(played)) \(unit) were played before."
            )
        }
        let table = !before.countsServers ? "waits-N.csv" : before.moves == nil ? "servers.csv" : "servers-moves-N.csv"
        StandardOutput.print(
            "\n\(folder.path): results.h5, \(table), summary.md, summary.csv, summary.json, experiment.json"
        )
    }
}
