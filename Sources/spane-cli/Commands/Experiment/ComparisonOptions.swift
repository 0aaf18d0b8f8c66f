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

    @OptionGroup var shardOptions: ShardOptions

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
        let manifest = ExperimentManifest(experiment, traceFile: traceFile, starts: starts, version: Spane.version, settings: settings)
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
        let played = waits.clusters.reduce(0) { $0 + $1.starts.count } * waits.policies.count
        let whole = plans.count * experiment.policies.count * experiment.starts.count
        let playedBefore =
            missing == played
            ? nil : "\(NumberText.grouped(played - missing)) of \(NumberText.grouped(played)) \(unit) were played before."
        guard let shard = experiment.shard else {
            return try ExperimentReport.finish(waits, settings, folder, threads: threads, playedBefore)
        }
        StandardOutput.print(ShardOptions.note(folder.path, shard, played, of: whole, unit))
        if let playedBefore { StandardOutput.print(playedBefore) }
    }
}
