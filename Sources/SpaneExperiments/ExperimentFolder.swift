public import SpaneStorage

/// The folder in which an experiment keeps its results.
public struct ExperimentFolder: Sendable {
    /// The path of the folder.
    public let path: String

    /// Names a folder, which must be there before something is written.
    public init(_ path: String) { self.path = path }

    /// The path of a file in the folder.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What the experiment is about.
    public var manifestPath: String { file("experiment.json") }
    /// The waits of all parts that are played.
    public var resultsPath: String { file("results.h5") }

    /// Makes the folder where it is missing, and keeps other processes out of it for as long as the result lives.
    ///
    /// - Throws: ``ExperimentError`` as ``begin(_:_:)`` does, or ``StorageError`` when another process holds the folder.
    /// - Parameter growing: groups whose members may be others than those that are there.
    package func hold(
        for manifest: ExperimentManifest,
        growing: Set<String> = [],
        by guardian: LockedFolder.Guard
    ) throws -> LockedFolder {
        try LockedFolder(path, for: "playing episodes", owned: [], by: guardian) { try check(manifest, growing) }
    }

    /// Refuses a folder of another experiment, and changes nothing.
    private func check(_ manifest: ExperimentManifest, _ growing: Set<String> = []) throws {
        guard File.exists(manifestPath) else {
            guard !File.exists(resultsPath) else {
                throw ExperimentError(
                    "\(path): contains results.h5 without experiment.json; name another folder"
                )
            }
            return
        }
        let old = try ExperimentManifest(json: TextFile.read(manifestPath), path: manifestPath)
        let differences = manifest.differences(from: old, growing: growing)
        guard differences.isEmpty else {
            throw ExperimentError(
                "\(path): contains another experiment; name another folder. " + differences.joined(separator: "; ")
            )
        }
    }

    /// Begins an experiment in the folder, or resumes the one that is there.
    ///
    /// - Parameter waits: the experiment with nothing played.
    /// - Returns: the experiment with what was played before.
    /// - Throws: ``ExperimentError`` that says what differs when the folder holds another experiment, or ``StorageError``.
    public func begin(_ manifest: ExperimentManifest, _ waits: ExperimentWaits) throws -> ExperimentWaits {
        try check(manifest)
        guard File.exists(manifestPath) else {
            try TextFile.write(manifest.json(), to: manifestPath)
            return waits
        }
        // How shards are to be summarised may have changed.
        if manifest.shard != nil { try renew { $0.shard = manifest.shard } }
        return File.exists(resultsPath) ? try ExperimentFile.read(resultsPath, of: waits) : waits
    }

    /// The same with groups whose members may be others than those that are there.
    package func begin(
        _ manifest: ExperimentManifest,
        _ waits: ExperimentWaits,
        growing: Set<String>
    ) throws -> ExperimentWaits {
        try check(manifest, growing)
        guard File.exists(manifestPath) else { return try begin(manifest, waits) }
        let played = File.exists(resultsPath) ? try ExperimentFile.readByName(resultsPath, of: waits) : waits
        try renew { $0.policies = manifest.policies }
        return played
    }

    /// Changes what the folder says of its experiment.
    private func renew(_ change: (inout ExperimentManifest) -> Void) throws {
        let old = try ExperimentManifest(json: TextFile.read(manifestPath), path: manifestPath)
        var new = old
        change(&new)
        if new != old { try TextFile.write(new.json(), to: manifestPath) }
    }

    /// Keeps an experiment that several machines have played, unless the folder is another one's.
    package func keep(_ whole: ExperimentPart.Whole) throws {
        try check(whole.manifest)
        if !File.exists(manifestPath) { try TextFile.write(whole.manifest.json(), to: manifestPath) }
        try save(whole.waits)
    }

    /// Keeps what is played so far.
    public func save(_ waits: ExperimentWaits) throws { try ExperimentFile.write(waits, to: resultsPath) }
}
