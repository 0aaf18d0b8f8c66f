import SpaneEvaluation
import SpaneExperiments
import SpaneRuns
import SpaneScheduling
import SpaneStorage

/// Trains one seed after another of some configurations, each until the mean of its networks is sure enough.
///
/// Which seeds there are does not depend on how well they do: it is always the first ones, and what ends a group is how much its
/// members differ (a fixed-width interval: Chow and Robbins, 1965).
final class SeedTraining {
    /// A configuration and what was trained of it.
    private struct Group {
        let name: String
        let file: String
        let configuration: RunConfiguration
        /// What is read, where that is the same for all seeds.
        var data: TrainingData?
        var members: [Experiment.Policy] = []
    }

    private var groups: [Group]
    private let counts: ClosedRange<Int>
    private let guardian: LockedFolder.Guard

    /// Reads the configurations.
    init(_ options: SeedTrainingOptions, threads: Int, by guardian: LockedFolder.Guard) throws {
        // Once: a signal that comes while episodes are played stops the next training.
        StopSignal.install()
        counts = options.counts
        self.guardian = guardian
        groups = try options.groups.map { group in
            var configuration = try RunConfiguration.read(group.file, registry: .standard)
            configuration.run.threads = threads
            try configuration.take(traces: options.traces, file: group.file, option: "--train-trace")
            return Group(name: group.name, file: group.file, configuration: configuration)
        }
    }

    /// The names of the groups.
    var names: Set<String> { Set(groups.map(\.name)) }

    /// Trains what an experiment lacks: the first seeds, and one more of each group that is not sure enough.
    ///
    /// - Parameter waits: what was played with the networks so far; `nil` before the first.
    /// - Returns: the experiment with all networks; `nil` when there are enough.
    func grow(
        _ experiment: Experiment,
        _ waits: ExperimentWaits?,
        _ settings: SummarySettings,
        in folder: ExperimentFolder
    ) throws -> Experiment? {
        var isGrown = false
        for index in groups.indices {
            let group = groups[index]
            let wanted =
                if let waits {
                    waits.seedChecks(of: group.name, settings).allSatisfy(\.isEnough)
                        ? group.members.count : min(group.members.count + 1, counts.upperBound)
                } else { counts.lowerBound }
            while groups[index].members.count < wanted {
                groups[index].members.append(
                    try train(&groups[index], seed: groups[index].members.count + 1, in: folder)
                )
                isGrown = true
            }
        }
        return isGrown ? try experiment.adding(groups.flatMap(\.members)) : nil
    }

    private func train(_ group: inout Group, seed: Int, in folder: ExperimentFolder) throws -> Experiment.Policy {
        var configuration = group.configuration
        configuration.run.seed = seed
        let path = folder.file("runs/\(group.name)/\(seed)")
        try RunFolder.check(path, for: configuration)
        let data = try group.data ?? TrainingData(configuration, file: group.file)
        // Resampled mixes depend on the seed.
        if configuration.data.mixes == 0 { group.data = data }
        let run = try RunFolder(path, for: configuration, by: guardian)
        try TrainingRun(configuration, data: data, folder: run, version: Spane.version)
            .follow("\(group.name), seed \(seed): step")
        guard File.exists(run.best) else {
            throw StorageError(
                .format,
                path: path,
                "the training has ended without weights; no validation gave a number"
            )
        }
        return Experiment.Policy(
            name: "\(group.name)/\(seed)",
            group: group.name,
            source: .model(try WeightsFile.read(run.best).model),
            file: run.best,
            contentHash: try ContentHash.ofFile(run.best)
        )
    }
}
