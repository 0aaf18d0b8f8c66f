internal import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneStorage
internal import Synchronization

/// Trains the trials of a search, one after another or several at a time.
struct TrialPlayer: Sendable {
    private let search: SearchConfiguration
    private let base: TrainingData
    private let version: String
    /// What tells the search from others: its keys and the content of its files.
    let identity: String

    /// - Parameter version: of the program, to be kept with the weights.
    init(_ search: SearchConfiguration, version: String) throws {
        self.search = search
        self.version = version
        base = try TrainingData(search.base, file: "the search")
        identity = search.identity + base.inputs.map { "sha256 of \($0.key) = \($0.hash)\n" }.joined()
    }

    private func data(of trial: SearchConfiguration.Trial) throws -> TrainingData {
        let configuration = trial.configuration
        // Resampled mixes depend on the seed, which each trial has its own of.
        let isShared =
            configuration.data == search.base.data && configuration.validation == search.base.validation
            && configuration.data.mixes == 0
        return isShared ? base : try TrainingData(configuration, file: "trial \(trial.index)")
    }

    /// Trains a trial in its folder within `folder`, from its last checkpoint if it has one.
    ///
    /// - Parameter isPruned: told all validations after each one, whether the trial ends there.
    /// - Throws: ``TrialStopped`` when `mustStop` says so; the state is saved then.
    func play(
        _ trial: SearchConfiguration.Trial,
        in folder: SearchFolder,
        isPruned: @escaping @Sendable ([SearchResult.Point]) -> Bool,
        mustStop: @escaping @Sendable () -> Bool
    ) throws -> SearchResult {
        let configuration = trial.configuration
        let path = folder.trial(trial.index)
        let data = try data(of: trial)
        let runFolder = try RunFolder(path, for: configuration, by: folder.guardian)
        let run = try TrainingRun(configuration, data: data, folder: runFolder, version: version)
        if mustStop() { throw TrialStopped() }
        let untrained = try run.validationOfRandomWeights()
        let history = Mutex(run.history.entries.map(SearchResult.Point.init))
        let hasToEnd = Atomic(isPruned(history.withLock { $0 }))
        var status = SearchResult.Status.finished
        do {
            let outcome = try run.run {
                hasToEnd.load(ordering: .relaxed) || mustStop()
            } report: { event in
                guard case .validated(let entry, _) = event else { return }
                let points = history.withLock { points in
                    points.append(SearchResult.Point(entry))
                    return points
                }
                if isPruned(points) { hasToEnd.store(true, ordering: .relaxed) }
            }
            if hasToEnd.load(ordering: .relaxed) {
                status = .pruned
            } else if outcome == .stopped {
                throw TrialStopped()
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
}

/// Ends a trial that is told to stop.
package struct TrialStopped: Error {}

extension SearchResult.Point {
    fileprivate init(_ entry: ValidationHistory.Entry) { self.init(step: entry.step, value: entry.result.value) }
}
