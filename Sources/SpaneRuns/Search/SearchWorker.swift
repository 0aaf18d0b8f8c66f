package import SpaneStorage

/// Trains single trials of a search whose trials are handed out elsewhere, in a folder that other workers may use too.
package struct SearchWorker: Sendable {
    private let search: SearchConfiguration
    private let player: TrialPlayer
    private let folder: SearchFolder

    /// What tells the search from others: its keys and the content of its files.
    package static func identity(of search: SearchConfiguration) throws -> String {
        try TrialPlayer(search, version: "").identity
    }

    /// - Throws: ``StorageError`` when the folder is of something else, or cannot be made.
    package init(
        _ search: SearchConfiguration,
        in path: String,
        by guardian: LockedFolder.Guard,
        version: String
    ) throws {
        self.search = search
        player = try TrialPlayer(search, version: version)
        folder = try SearchFolder(path, search, identity: player.identity, by: guardian, isShared: true)
    }

    /// Trains a trial and writes its best weights, as a search on one machine keeps them, to `trials/N.h5`: not among those
    /// that are kept, since whether they are is not decided here.
    ///
    /// - Parameter isPruned: told all validations after each one, whether the trial ends there.
    /// - Throws: ``TrialStopped`` when `mustStop` says so; the next attempt in this folder goes on from there.
    package func play(
        _ index: Int,
        isPruned: @escaping @Sendable ([SearchResult.Point]) -> Bool,
        mustStop: @escaping @Sendable () -> Bool
    ) throws -> SearchResult {
        let result = try player.play(search.trial(index), in: folder, isPruned: isPruned, mustStop: mustStop)
        if result.best != nil {
            try folder.writeWeights(index, identity: player.identity, to: folder.handedOut(index))
        }
        try folder.removeTrial(index)
        return result
    }
}
