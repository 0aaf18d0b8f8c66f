internal import SpaneEvaluation
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
    private let player: TrialPlayer
    private let folder: SearchFolder
    private let identity: String
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
        player = try TrialPlayer(search, version: version)
        identity = player.identity
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
        } catch is TrialStopped {
            if let error = failure.withLock({ $0 }) { throw error }
            return .stopped
        }
        try finish()
        return .finished
    }

    private func finish() throws {
        try SearchFiles.write(results, of: search, identity: identity, to: folder.table)
        folder.removeTrials()
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
                let trial = try self.search.trial(left[index])
                let judge = PruningRule(judges)
                let result = try self.player.play(trial, in: self.folder, isPruned: { judge.prunes($0) }) {
                    mustStop() || self.failure.withLock { $0 != nil }
                }
                progress(try self.keep(result))
            } catch {
                if !(error is TrialStopped) { self.failure.withLock { if $0 == nil { $0 = error } } }
                throw error
            }
        }
    }

    // MARK: Results

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
                try folder.writeWeights(result.trial, identity: identity, to: folder.weights(result.trial))
            }
            try TextFile.write(SearchFiles.csv(results, of: search), to: folder.results)
            finished = all
            try folder.removeTrial(result.trial)
            try removeWeights(results)
            return all.count
        }
    }

    /// Puts results that came together elsewhere in the place of those of the folder, which has the weights already.
    package func replace(with results: [SearchResult]) throws {
        try finished.withLock { finished in
            try TextFile.write(SearchFiles.csv(results, of: search), to: folder.results)
            finished = Dictionary(results.map { ($0.trial, $0) }) { first, _ in first }
            for result in results { try folder.removeTrial(result.trial) }
            try removeWeights(results)
        }
        if results.count == search.trialCount { try finish() }
    }

    /// Removes the weights of trials that are no longer among the best.
    private func removeWeights(_ results: [SearchResult]) throws {
        let kept = Set(kept(results).map(\.trial))
        for trial in try folder.keptTrials() where !kept.contains(trial) { folder.removeWeights(trial) }
    }
}

/// Ends trials that are worse than the median of the first ones.
private struct PruningRule: Sendable {
    private let judges: [SearchResult]

    init(_ judges: [SearchResult]) { self.judges = judges }

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
