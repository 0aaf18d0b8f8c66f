internal import SpaneStorage

/// The folder of one search, which one process at a time may hold.
final class SearchFolder: Sendable {
    /// The path of the folder.
    var path: String { folder.path }
    private let folder: LockedFolder
    /// Who keeps other processes out of this folder and those of the trials.
    let guardian: LockedFolder.Guard

    private enum Name {
        static let identity = "search.txt"
        static let configuration = "search.toml"
        static let results = "results.csv"
        static let owned = ["search.", "results.", "trial-"]
    }

    /// One line a trial.
    var results: String { "\(path)/\(Name.results)" }
    /// The same in HDF5.
    var table: String { "\(path)/results.h5" }

    /// The folder of a trial that is not finished.
    func trial(_ index: Int) -> String { "\(path)/trials/\(index)" }

    /// The weights of a trial that is kept.
    func weights(_ index: Int) -> String { "\(path)/trial-\(index).h5" }

    /// Refuses a folder that this search cannot use, and changes nothing.
    ///
    /// - Throws: ``StorageError`` when it is no folder, or one of something else, or of another search.
    static func check(_ path: String, identity: String) throws(StorageError) {
        guard File.exists(path) else { return }
        guard File.exists("\(path)/\(Name.identity)") else {
            guard let other = try LockedFolder.stranger(in: path, owned: ["search."], besides: [Name.configuration])
            else {
                return
            }
            throw StorageError(
                .format,
                path: path,
                "is not the folder of a search: it has no \(Name.identity), but \(other); name a new folder"
            )
        }
        let found = try TextFile.read("\(path)/\(Name.identity)")
        let differences = RunConfiguration.differences(found, identity)
        guard differences.isEmpty else {
            throw StorageError(
                .format,
                path: path,
                "is the folder of another search: "
                    + differences.map { $0.replacing(" in that run ", with: " in that search ") }
                    .joined(separator: "; ") + ". Name a new folder"
            )
        }
    }

    /// Makes the folder where it is missing, locks it, and writes what the search is where that is missing.
    ///
    /// - Throws: as ``check(_:identity:)``; ``StorageError`` when another process holds the folder or it cannot be
    ///   written.
    /// - Parameter isShared: whether other processes train other trials of the search in it, so that only the folders of the
    ///   trials are locked.
    init(
        _ path: String,
        _ search: SearchConfiguration,
        identity: String,
        by guardian: LockedFolder.Guard,
        isShared: Bool = false
    ) throws {
        self.guardian = guardian
        folder = try LockedFolder(path, for: "training", owned: Name.owned, by: isShared ? .user : guardian) {
            try Self.check(path, identity: identity)
        }
        if !isShared || !File.exists("\(path)/\(Name.configuration)") {
            try TextFile.write(search.text, to: "\(path)/\(Name.configuration)")
        }
        if !File.exists("\(path)/\(Name.identity)") { try TextFile.write(identity, to: "\(path)/\(Name.identity)") }
    }

    /// The trials whose weights are in the folder.
    func keptTrials() throws(StorageError) -> [Int] {
        try File.names(in: path).compactMap { name in
            name.wholeMatch(of: #/trial-([0-9]+)\.h5/#).flatMap { Int($0.output.1) }
        }
    }

    /// The weights of a trial that another program is to take.
    func handedOut(_ index: Int) -> String { "\(path)/trials/\(index).h5" }

    /// Writes the best weights of a trial to a file, and with them what search it is of.
    func writeWeights(_ index: Int, identity: String, to file: String) throws {
        let (model, provenance) = try WeightsFile.read("\(trial(index))/best.h5")
        var extended = provenance
        extended["tool"] = "spane search"
        extended["trial"] = "\(index)"
        extended["search"] = identity
        try WeightsFile.write(model, extended, to: file)
    }

    /// Removes the weights of a trial.
    func removeWeights(_ index: Int) { File.remove(weights(index)) }

    /// Removes the run of a trial.
    func removeTrial(_ index: Int) throws(StorageError) {
        let folder = trial(index)
        guard File.exists(folder) else { return }
        for name in try File.names(in: folder) { File.remove("\(folder)/\(name)") }
        let number = File.remove(folder)
        guard number == 0 else { throw StorageError("cannot be removed", path: folder, errno: number) }
    }

    /// Removes the folder of the trials when it is empty.
    func removeTrials() { File.remove("\(path)/trials") }
}
