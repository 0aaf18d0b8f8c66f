internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneStorage
internal import SpaneTraining

/// A training run in its folder: steps, validations, logs and checkpoints.
///
/// Between any two steps the folder holds all it takes to resume. A run that is killed resumes from its last checkpoint,
/// cuts the logs back to it, and ends with the same weights as one that was never disturbed.
package final class TrainingRun {
    /// What a run tells while it goes.
    package enum Event {
        /// So many steps were done, now or in an earlier session.
        case stepped(Int)
        /// So many episodes of a validation were played.
        case validating(Int)
        /// A validation is over.
        case validated(ValidationHistory.Entry, isBest: Bool)
    }

    /// How a session ends.
    package enum Outcome: Equatable {
        /// The run is complete.
        case finished
        /// It was told to stop; the state is saved.
        case stopped
    }

    /// Why a run is complete.
    private enum End: String {
        case allSteps = "all steps done"
        case patience = "validations no longer change"
    }

    private let configuration: RunConfiguration
    private let data: TrainingData
    private let folder: RunFolder
    private let version: String
    private let threads: Int
    private let learner: any Learner
    private let validation: Validation
    private let logs: RunLogs
    private let identity: String
    /// The validations so far.
    package private(set) var history: ValidationHistory
    private var earlierSeconds: Double
    private var end: String
    private let stopwatch = Stopwatch()

    /// Prepares to begin, or to resume from the checkpoint in the folder.
    ///
    /// - Parameter version: of the program, to be kept with the weights.
    /// - Throws: ``StorageError`` when the checkpoint is of another run or damaged; nothing is changed then.
    package init(
        _ configuration: RunConfiguration,
        data: TrainingData,
        folder: RunFolder,
        version: String
    ) throws {
        self.configuration = configuration
        self.data = data
        self.folder = folder
        self.version = version
        identity = configuration.identity
        threads = configuration.run.threads > 0 ? configuration.run.threads : processorCount
        validation = try Validation(configuration.validation, data: data, threads: threads)
        learner = try configuration.learner.makeLearner(
            LearnerParts(
                network: configuration.network,
                normalisation: data.normalisation,
                source: data.source,
                seed: UInt64(configuration.run.seed),
                threads: threads
            )
        )
        let checkpoint = File.exists(folder.checkpoint) ? try CheckpointFile.read(folder.checkpoint) : nil
        if let checkpoint {
            try checkpoint.check(against: configuration, data, path: folder.checkpoint)
            do {
                try learner.restore(checkpoint.learner)
                history = try checkpoint.history(like: learner.model())
            } catch let error as StorageError {
                throw error
            } catch {
                throw StorageError(.format, path: folder.checkpoint, "\(error)")
            }
        } else {
            history = ValidationHistory()
        }
        earlierSeconds = checkpoint?.seconds ?? 0
        end = checkpoint?.end ?? ""
        logs = try RunLogs(folder, keeping: checkpoint?.lengths ?? RunLogs.Lengths())
        // A network that cannot serve a cluster is refused now and not after hours.
        for cluster in data.source.clusters + validation.rounds.map(\.cluster) {
            _ = try learner.model().makeSession(for: cluster)
        }
        if checkpoint == nil {
            try logs.begin(
                version: version,
                identityHash: SHA256.hexadecimal(of: identity),
                validation: configuration.validation,
                firstFit: validation.firstFit,
                servers: servers
            )
        }
    }

    /// The steps done, in this session and earlier ones.
    package var stepsDone: Int { learner.stepsDone }
    /// The steps after which the run is complete.
    package var stepsPlanned: Int { learner.stepsPlanned }
    /// The episodes of one validation.
    package var validationEpisodes: Int { validation.episodeCount }
    /// The validation result of First Fit.
    package var firstFit: Validation.Result { validation.firstFit }
    /// Whether the run was complete before this session.
    package var isComplete: Bool { !end.isEmpty }
    /// Why the run is complete; empty while it is not.
    package var reason: String { end }

    private var servers: [Int] { validation.rounds.map(\.cluster.serverCount) }
    /// The time that the run took, in this session and earlier ones.
    package var seconds: Double { earlierSeconds + stopwatch.seconds }

    /// The validation result of random weights of the architecture that is trained, drawn by the seed of the run.
    package func validationOfRandomWeights() throws -> Validation.Result {
        var generator = Xoshiro256StarStar(seed: UInt64(configuration.run.seed))
        let model = try learner.model()
        return try validation.result(
            of: Model(
                architecture: model.architecture,
                normalisation: model.normalisation,
                generator: &generator
            ),
            threads: threads
        )
    }

    // MARK: Running

    /// Learns until the run is complete or `mustStop` says so, which is asked often and from several threads.
    ///
    /// - Throws: ``StorageError`` when something cannot be written; what was saved before is still there, and the run can
    ///   be resumed from it.
    package func run(
        mustStop: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (Event) -> Void
    ) throws -> Outcome {
        guard !isComplete else { return .finished }
        report(.stepped(learner.stepsDone))
        var lastSave = stopwatch.seconds
        while true {
            if isValidationDue {
                do {
                    try validate(mustStop, report)
                } catch is Stopped {
                    try save()
                    return .stopped
                }
            }
            if let reason = reasonToEnd {
                try finish(reason)
                return .finished
            }
            if mustStop() {
                try save()
                return .stopped
            }
            if stopwatch.seconds - lastSave >= configuration.run.checkpointSeconds {
                try save()
                lastSave = stopwatch.seconds
            }
            let metrics = try learner.step()
            let step = learner.stepsDone
            if step.isMultiple(of: configuration.run.logEvery) || step == learner.stepsPlanned {
                try logs.step(step, seconds: seconds, metrics: metrics)
            }
            report(.stepped(step))
        }
    }

    private var isValidationDue: Bool {
        let step = learner.stepsDone
        let settings = configuration.validation
        guard history.entries.last?.step != step else { return false }
        if step >= learner.stepsPlanned { return true }
        return step >= settings.first && (step - settings.first).isMultiple(of: settings.every)
    }

    private var reasonToEnd: End? {
        if learner.stepsDone >= learner.stepsPlanned { return .allSteps }
        let isStuck =
            history.entries.last?.step == learner.stepsDone
            && history.isStuck(patience: configuration.validation.patience)
        return isStuck ? .patience : nil
    }

    private func validate(
        _ mustStop: @escaping @Sendable () -> Bool,
        _ report: @escaping @Sendable (Event) -> Void
    ) throws {
        let model = try learner.model()
        let step = learner.stepsDone
        let result = try validation.result(
            of: model,
            threads: threads,
            progress: { report(.validating($0)) },
            afterEpisode: { if mustStop() { throw Stopped() } }
        )
        let isBest = history.add(result, of: model, step: step)
        try logs.validation(step, seconds: seconds, result: result, servers: servers, isBest: isBest)
        if configuration.run.keepsValidated {
            try WeightsFile.write(model, provenance(step: step, result: result), to: folder.file("step-\(step).h5"))
        }
        if isBest { try writeBest() }
        if let entry = history.entries.last { report(.validated(entry, isBest: isBest)) }
    }

    private func finish(_ reason: End) throws {
        try logs.end(learner.stepsDone, seconds: seconds, reason: reason.rawValue, best: history.best)
        end = reason.rawValue
        try save()
    }

    // MARK: Writing

    /// Makes the present state the one from which the run resumes.
    private func save() throws {
        // What the checkpoint counts on comes first.
        try logs.synchronise()
        let last = history.entries.last.flatMap { $0.step == learner.stepsDone ? $0.result : nil }
        try WeightsFile.write(learner.model(), provenance(step: learner.stepsDone, result: last), to: folder.last)
        try CheckpointFile.write(
            Checkpoint(
                identity: identity,
                inputs: data.inputs,
                learner: learner.state,
                step: learner.stepsDone,
                seconds: seconds,
                lengths: logs.lengths,
                validations: history.entries,
                bestParameters: history.bestModel?.parameters ?? [],
                end: end
            ),
            to: folder.checkpoint
        )
    }

    private func writeBest() throws {
        guard let best = history.best, let model = history.bestModel else { return }
        try WeightsFile.write(model, provenance(step: best.step, result: best.result), to: folder.best)
    }

    private func provenance(step: Int, result: Validation.Result?) -> Provenance {
        var provenance = Provenance([
            "tool": "spane train",
            "version": version,
            "configuration": identity,
            "configuration_sha256": SHA256.hexadecimal(of: identity),
            "seed": "\(configuration.run.seed)",
            "step": "\(step)",
            "inputs": data.inputs.map { "\($0.key) \($0.hash)" }.joined(separator: "\n"),
            "trace_sha256": data.inputs.prefix(data.descriptions.count).map(\.hash).joined(separator: "\n"),
            "trace_source": data.descriptions.map(\.source).joined(separator: "\n"),
            "trace_licence": data.descriptions.map(\.licence).joined(separator: "\n"),
        ])
        if let result {
            provenance["metrics"] =
                "validation: \(result.value) (First Fit \(validation.firstFit.value)); by number of servers: "
                + zip(servers, result.byCluster).map { "\($0) \($1)" }.joined(separator: ", ")
        }
        return provenance
    }
}

/// Ends a validation that is under way.
private struct Stopped: Error {}

extension Checkpoint {
    /// Refuses a checkpoint of another run.
    fileprivate func check(
        against configuration: RunConfiguration,
        _ data: TrainingData,
        path: String
    ) throws(StorageError) {
        let differences = RunConfiguration.differences(identity, configuration.identity)
        guard differences.isEmpty else {
            throw StorageError(
                .format,
                path: path,
                "is of a run with another configuration: " + differences.joined(separator: "; ")
            )
        }
        for (theirs, ours) in zip(inputs, data.inputs) where theirs != ours {
            throw StorageError(
                .format,
                path: path,
                "is of a run with another \(theirs.key): its SHA-256 is \(theirs.hash) in that run and \(ours.hash) in "
                    + "this one"
            )
        }
    }

    /// The validations; the best network has the shape of `model`.
    fileprivate func history(like model: Model) throws -> ValidationHistory {
        guard !validations.isEmpty else { return ValidationHistory() }
        let count = model.architecture.parameterCount
        guard bestParameters.count == count else {
            throw LearnerStateError(
                "validation/best_parameters has \(bestParameters.count) values; \(count) are needed"
            )
        }
        let best = try Model(
            architecture: model.architecture,
            normalisation: model.normalisation,
            parameters: bestParameters
        )
        return ValidationHistory(validations, bestModel: best)
    }
}
