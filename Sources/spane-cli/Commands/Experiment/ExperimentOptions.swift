import ArgumentParser
import SpaneExperiments
import SpaneScheduling

/// What the experiments that compare waits have in common.
struct ExperimentOptions: ParsableArguments {
    @OptionGroup var episodes: EpisodeOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var summary: SummaryOptions
    @OptionGroup var training: SeedTrainingOptions

    func validate() throws {
        try training.check(
            seedWidth: summary.intervals.seedWidth,
            isShard: comparison.shardOptions.text != nil
        )
    }

    func run(_ kind: Experiment.Kind, on clusters: [Fleet], of fleet: String? = nil) throws {
        let (trace, description) = try loadTrace(episodes.trace)
        if let first = clusters.first { _ = try episodes.scenario(trace, on: first, of: fleet) }
        let (policies, mix) = try comparison.entrants(beside: episodes.trace)
        let starts = try episodes.startIndices()
        let experiment = try Experiment(
            kind: kind,
            trace: trace,
            description: description,
            starts: starts,
            shard: comparison.shardOptions.shard(of: starts.count),
            until: episodes.length,
            clusters: clusters,
            policies: policies,
            mix: mix,
            moves: episodes.moves.limits.map { [$0] } ?? []
        )
        try comparison.run(
            experiment,
            traceFile: episodes.trace,
            starts: episodes.starts,
            summary.settings,
            threads: episodes.threadCount,
            training
        )
    }
}
