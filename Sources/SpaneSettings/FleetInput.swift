internal import SpaneSystem
package import SpaneScheduling
internal import SpaneStorage

/// The servers of a fleet as files tell them: a text in TOML, or the state of a cluster in HDF5.
package enum FleetInput {
    /// The most bytes of a text. Parsing one of this size takes a moment, during which nobody is told how far it is.
    private static let largestText = 4 << 20

    /// Reads the servers, with nothing running on them.
    ///
    /// - Throws: ``SettingsError`` or ``StorageError`` naming the file, the class of servers, the key, its value and
    ///   what is allowed.
    package static func load(_ path: String) throws -> Fleet {
        try isHDF5(path) ? ClusterFile.servers(content: File.read(path), name: path) : text(of: path).fleet
    }

    /// Reads the servers from the content of the file at `path`.
    package static func parse(_ content: [UInt8], _ path: String) throws -> Fleet {
        try ClusterFile.isHDF5(content)
            ? ClusterFile.servers(content: content, name: path) : FleetText.parse(content, file: path).fleet
    }

    /// Reads a cluster: the state that was saved, or the servers that a text describes, on which nothing runs.
    package static func cluster(_ path: String, progress: Progress) throws -> Cluster {
        if try isHDF5(path) { return try ClusterFile.read(path, progress: progress) }
        return try cluster(text(of: path), path)
    }

    /// The same from the content of a file, which messages call `name`.
    package static func cluster(
        memory bytes: UnsafeRawBufferPointer,
        name: String,
        progress: Progress
    ) throws -> Cluster {
        if unsafe ClusterFile.isHDF5(bytes) {
            return try unsafe ClusterFile.read(memory: bytes, name: name, progress: progress)
        }
        try check(size: bytes.count, name)
        return try cluster(FleetText.parse(unsafe Array(bytes), file: name), name)
    }

    private static func cluster(_ text: FleetText, _ name: String) throws -> Cluster {
        do {
            return try Cluster(text.fleet, traits: text.traits)
        } catch {
            throw StorageError(error, path: name)
        }
    }

    private static func isHDF5(_ path: String) throws -> Bool {
        ClusterFile.isHDF5(try File.read(path, limit: ClusterFile.signatureSize))
    }

    private static func text(of path: String) throws -> FleetText {
        try check(size: File.size(path), path)
        return try FleetText.parse(File.read(path), file: path)
    }

    /// Refuses what is too large for a text, and what there is no memory for.
    private static func check(size: Int, _ name: String) throws {
        guard size <= largestText else {
            throw SettingsError(
                name,
                "is not an HDF5 file, and has \(size) bytes; a fleet in TOML has at most \(largestText)"
            )
        }
        // The tree of the parser, the list of what is in it, and the values.
        try Memory.check(bytes: 256 * size, for: "a fleet of \(size) bytes")
    }
}
