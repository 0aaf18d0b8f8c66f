package import SpaneScheduling

/// The state of an ``Environment`` in bytes. The layout is in `docs/file-formats.md`.
///
/// It is no HDF5 file because a search saves and restores states far more often than anybody looks into one.
package enum EnvironmentImage {
    // "SPANEENV"
    private static let signature: UInt64 = 0x564E_4545_4E41_5053
    private static let version: UInt64 = 1

    /// What an image holds.
    package struct Contents {
        /// The hash of the trace; see ``TraceFile/contentHash(of:)``.
        package var traceHash: String
        /// A word of the caller's.
        package var flags: UInt64
        package var configuration: ClusterConfiguration
        package var reward: Reward
        package var snapshot: Environment.Snapshot

        package init(
            traceHash: String,
            flags: UInt64,
            configuration: ClusterConfiguration,
            reward: Reward,
            snapshot: Environment.Snapshot
        ) {
            self.traceHash = traceHash
            self.flags = flags
            self.configuration = configuration
            self.reward = reward
            self.snapshot = snapshot
        }
    }

    /// The image of a state.
    ///
    /// - Complexity: O(servers + running).
    package static func make(_ contents: Contents) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(signature)
        writer.put(version)
        writer.put(hash: contents.traceHash)
        writer.put(contents.flags)
        writer.put(contents.configuration)
        writer.put(contents.reward)
        writer.put(contents.snapshot)
        return writer.sealed()
    }

    /// Takes an image apart, which messages call `name`.
    ///
    /// - Throws: `format` when it is damaged, `version` when it is of a version that this library does not know.
    package static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Contents {
        var reader = try unsafe ByteReader(bytes, name: name)
        guard try reader.word() == signature else { throw reader.error("is not the state of an environment") }
        let found = try reader.word()
        guard found == version else {
            throw StorageError(.version, path: name, "is of version \(found); this library reads version \(version)")
        }
        let contents = Contents(
            traceHash: try reader.hash(),
            flags: try reader.word(),
            configuration: try reader.configuration(),
            reward: try reader.reward(),
            snapshot: try reader.snapshot()
        )
        try reader.checkIsAtEnd()
        return contents
    }
}
