internal import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneSettings
package import SpaneStorage
internal import Synchronization

/// A search in its folder. Finished trials are kept when it is killed; the others resume from their checkpoints.
package final class SearchRun: Sendable {
    /// How a session ends.
    package enum Outcome: Equatable, Sendable {
        /// All trials are finished.
        case finished
        /// It was told to stop; what was done is saved.
        case stopped
    }

    private let search: SearchConfiguration
    private let base: TrainingData
    private let folder: SearchFolder
    private let identity: String
    private let version: String
    // By trial. Its lock also guards the files of the results.
    private let finished: Mutex<[Int: SearchResult]>
    // What ended a trial for which there is no remedy; the others stop then and save what they have.
    private let failure = Mutex<(any Error)?>(nil)

    /// Prepares to begin, or to resume with the trials that are left.
    ///
    /// - Parameters:
    ///   - path: of the folder.
    ///   - version: of the program, to be kept with the weights.
    /// - Throws: ``StorageError`` or ``SettingsError``; nothing is changed then.
    package init(
        _ search: SearchConfiguration,
        in path: String,
        by guardian: LockedFolder.Guard = .lock,
        version: String
    ) throws {
        self.search = search
        self.version = version
        base = try TrainingData(search.base, file: "the search")
        identity = search.identity + base.inputs.map { "sha256 of \($0.key) = \($0.hash)\n" }.joined()
        folder = try SearchFolder(path, search, identity: identity, by: guardian)
        let results = File.exists(folder.results) ? try SearchFiles.read(folder.results) : []
        if let last = results.map(\.trial).max(), last >= search.trialCount {
            throw SettingsError(
                path,
                "holds trial \(last) of this search; search.trials is \(search.trialCount) and must be at least \(last + 1)"
            )
        }
        finished = Mutex(Dictionary(results.map { ($0.trial, $0) }) { first, _ in first })
        // A process may have been killed between two of the steps in which a trial is finished.
        for result in results { try folder.removeTrial(result.trial) }
        try removeWeights(results)
    }

    /// The results so far, by number.
    package var results: [SearchResult] { finished.withLock { $0.values.sorted { $0.trial < $1.trial } } }

    /// The trials whose weights are kept, best first.
    package var kept: ArraySlice<SearchResult> { kept(results) }

    private func kept(_ results: [SearchResult]) -> ArraySlice<SearchResult> {
        SearchResult.ranking(results).prefix(search.settings.keep)
    }

    /// The file of all results.
    package var table: String { folder.results }

    /// Where the weights of a trial are.
    package func weights(_ trial: Int) -> String { folder.weights(trial) }

    /// Runs the trials that are left, each on one thread.
    ///
    /// - Parameter progress: called with the number of finished trials, by one thread at a time.
    /// - Throws: the error of the first trial that fails; finished trials are kept.
    package func run(
        threads: Int,
        mustStop: @escaping @Sendable () -> Bool,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> Outcome {
        let count = search.trialCount
        let first = min(search.settings.pruneAfter, count)
        do {
            // With these done, what is pruned does not depend on the order in which trials end.
            try run(0..<first, against: [], threads: threads, mustStop, progress)
            let judges = results.filter { $0.trial < first }
            try run(first..<count, against: judges, threads: threads, mustStop, progress)
        } catch is Stopped {
            if let error = failure.withLock({ $0 }) { throw error }
            return .stopped
        }
        try SearchFiles.write(results, of: search, identity: identity, to: folder.table)
        folder.removeTrials()
        return .finished
    }

    private func run(
        _ trials: Range<Int>,
        against judges: [SearchResult],
        threads: Int,
        _ mustStop: @escaping @Sendable () -> Bool,
        _ progress: @escaping @Sendable (Int) -> Void
    ) throws {
        let left = finished.withLock { finished in trials.filter { finished[$0] == nil } }
        _ = try parallelMap(count: left.count, threads: threads, makeState: {}) { _, index in
            do {
                let result = try self.play(self.search.trial(left[index]), against: judges) {
                    mustStop() || self.failure.withLock { $0 != nil }
                }
                progress(try self.keep(result))
            } catch {
                if !(error is Stopped) { self.failure.withLock { if $0 == nil { $0 = error } } }
                throw error
            }
        }
    }

    // MARK: One trial

    private func data(of trial: SearchConfiguration.Trial) throws -> TrainingData {
        let configuration = trial.configuration
        // Resampled mixes depend on the seed, which each trial has its own of.
        let isShared =
            configuration.data == search.base.data && configuration.validation == search.base.validation
            && configuration.data.mixes == 0
        return isShared ? base : try TrainingData(configuration, file: "trial \(trial.index)")
    }

    private func play(
        _ trial: SearchConfiguration.Trial,
        against judges: [SearchResult],
        _ mustStop: @escaping @Sendable () -> Bool
    ) throws -> SearchResult {
        let configuration = trial.configuration
        let path = folder.trial(trial.index)
        let data = try data(of: trial)
        let runFolder = try RunFolder(path, for: configuration, by: folder.guardian)
        let run = try TrainingRun(configuration, data: data, folder: runFolder, version: version)
        if mustStop() { throw Stopped() }
        let untrained = try run.validationOfRandomWeights()
        let judge = PruningRule(judges)
        let isPruned = Atomic(judge.prunes(run.history))
        let history = Mutex(run.history.entries.map(SearchResult.Point.init))
        var status = SearchResult.Status.finished
        do {
            let outcome = try run.run {
                isPruned.load(ordering: .relaxed) || mustStop()
            } report: { event in
                guard case .validated(let entry, _) = event else { return }
                let points = history.withLock { points in
                    points.append(SearchResult.Point(entry))
                    return points
                }
                if judge.prunes(points) { isPruned.store(true, ordering: .relaxed) }
            }
            if isPruned.load(ordering: .relaxed) {
                status = .pruned
            } else if outcome == .stopped {
                throw Stopped()
            }
        } catch is NetworkError {
            status = .diverged
        }
        return SearchResult(
            trial: trial.index,
            seed: configuration.run.seed,
            status: status,
            // When weights are found to be no numbers depends on the moments of checkpoints.
            steps: status == .diverged ? run.history.entries.last?.step ?? 0 : run.stepsDone,
            seconds: run.seconds,
            untrained: untrained.value,
            firstFit: run.firstFit.value,
            validations: run.history.entries.map(SearchResult.Point.init)
        )
    }

    /// Takes a trial among the results.
    ///
    /// - Returns: how many trials are finished.
    private func keep(_ result: SearchResult) throws -> Int {
        try finished.withLock { finished in
            var all = finished
            all[result.trial] = result
            let results = all.values.sorted { $0.trial < $1.trial }
            // The weights come first, so that no result is without them whenever the process is killed.
            if kept(results).contains(where: { $0.trial == result.trial }) {
                let (model, provenance) = try WeightsFile.read("\(folder.trial(result.trial))/best.h5")
                var extended = provenance
                extended["tool"] = "spane search"
                extended["trial"] = "\(result.trial)"
                extended["search"] = identity
                try WeightsFile.write(model, extended, to: folder.weights(result.trial))
            }
            try TextFile.write(SearchFiles.csv(results, of: search), to: folder.results)
            finished = all
            try folder.removeTrial(result.trial)
            try removeWeights(results)
            return all.count
        }
    }

    /// Removes the weights of trials that are no longer among the best.
    private func removeWeights(_ results: [SearchResult]) throws {
        let kept = Set(kept(results).map(\.trial))
        for trial in try folder.keptTrials() where !kept.contains(trial) { folder.removeWeights(trial) }
    }
}

/// Ends a trial that is told to stop.
private struct Stopped: Error {}

/// Ends trials that are worse than the median of the first ones.
private struct PruningRule: Sendable {
    private let judges: [SearchResult]

    init(_ judges: [SearchResult]) { self.judges = judges }

    func prunes(_ history: ValidationHistory) -> Bool { prunes(history.entries.map(SearchResult.Point.init)) }

    /// Whether a trial should have ended at one of its validations.
    func prunes(_ points: [SearchResult.Point]) -> Bool {
        var best = Double.infinity
        return points.contains { point in
            best = min(best, point.value)
            let others = judges.compactMap { $0.best(upTo: point.step) }
            return !others.isEmpty && best > Statistics.median(others)
        }
    }
}

extension SearchResult.Point {
    fileprivate init(_ entry: ValidationHistory.Entry) { self.init(step: entry.step, value: entry.result.value) }
}
