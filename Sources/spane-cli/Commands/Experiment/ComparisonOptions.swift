import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneRuns
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
    /// - Parameters:
    ///   - starts: the starts as they were asked for.
    ///   - training: networks that are to be trained for it.
    func run(
        _ experiment: Experiment,
        traceFile: String,
        starts: String,
        _ settings: SummarySettings,
        threads: Int,
        _ training: SeedTrainingOptions? = nil
    ) throws {
        let training = try training.flatMap { $0.groups.isEmpty ? nil : $0 }
            .map { try SeedTraining($0, threads: threads, by: lock.guardian) }
        let growing = training?.names ?? []
        try experiment.check(settings, andGroups: growing)
        // The servers of all clusters are alike.
        if let first = experiment.clusters.first {
            for policy in experiment.policies { policy.source.noteMismatch(of: policy.name, with: first) }
        }
        func manifest(_ experiment: Experiment) -> ExperimentManifest {
            ExperimentManifest(
                experiment,
                traceFile: traceFile,
                starts: starts,
                version: Spane.version,
                settings: settings
            )
        }
        let folder = ExperimentFolder(output)
        let held = try folder.hold(for: manifest(experiment), growing: growing, by: lock.guardian)
        try withExtendedLifetime(held) {
            let plans = try experiment.plans(threads: threads)
            guard let training else {
                let before = try folder.begin(manifest(experiment), experiment.unplayed(plans))
                let waits = try play(experiment, plans, before, folder, threads)
                return try finish(experiment, waits, settings, folder, threads, playedNow: before.missingEpisodes)
            }
            var (grown, played, playedNow) = (experiment, ExperimentWaits?.none, 0)
            while let next = try training.grow(experiment, played, settings, in: folder) {
                let before = try folder.begin(manifest(next), next.unplayed(plans), growing: growing)
                playedNow += before.missingEpisodes
                (grown, played) = (next, try play(next, plans, before, folder, threads))
            }
            guard let played else { return }
            // The folder may hold more seeds, of a smaller width.
            try folder.save(played)
            try finish(grown, played, settings, folder, threads, playedNow: playedNow)
        }
    }

    private func play(
        _ experiment: Experiment,
        _ plans: [EpisodePlan],
        _ before: ExperimentWaits,
        _ folder: ExperimentFolder,
        _ threads: Int
    ) throws -> ExperimentWaits {
        let bar = ProgressBar(Self.unit(before), total: before.missingEpisodes)
        defer { bar.clear() }
        return try experiment.run(
            plans,
            from: before,
            threads: threads,
            progress: { bar.show($0) },
            save: { waits in
                try folder.save(waits)
                // Only where networks are trained are signals a wish.
                if StopSignal.number != nil { throw StopReport.end("Stopped while episodes were played") }
            }
        )
    }

    /// - Parameter playedNow: how many episodes were not there before.
    private func finish(
        _ experiment: Experiment,
        _ waits: ExperimentWaits,
        _ settings: SummarySettings,
        _ folder: ExperimentFolder,
        _ threads: Int,
        playedNow: Int
    ) throws {
        let unit = Self.unit(waits)
        let parts = waits.clusters.count * waits.policies.count
        let played = waits.clusters.reduce(0) { $0 + $1.starts.count } * waits.policies.count
        let playedBefore =
            playedNow == played
            ? nil
            : "\(NumberText.grouped(played - playedNow)) of \(NumberText.grouped(played)) \(unit) were played before."
        guard let shard = experiment.shard else {
            return try ExperimentReport.finish(waits, settings, folder, threads: threads, playedBefore)
        }
        StandardOutput.print(ShardOptions.note(folder.path, shard, played, of: parts * experiment.starts.count, unit))
        if let playedBefore { StandardOutput.print(playedBefore) }
    }

    private static func unit(_ waits: ExperimentWaits) -> String { waits.countsServers ? "windows" : "episodes" }
}
