package import SpaneScheduling

/// The state of an ``Environment`` in bytes. The layout is in `docs/file-formats.md`.
///
/// It is no HDF5 file because a search saves and restores states far more often than anybody looks into one.
package enum EnvironmentStateCodec {
    /// What an image holds.
    package struct Contents {
        package var header: ImageHeader
        package var snapshot: Environment.Snapshot

        package init(header: ImageHeader, snapshot: Environment.Snapshot) {
            self.header = header
            self.snapshot = snapshot
        }
    }

    /// The image of a state.
    ///
    /// - Complexity: O(servers + running).
    package static func make(_ contents: Contents) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(contents.header, of: .environment)
        writer.put(contents.snapshot, hasMoves: contents.header.moves != nil)
        return writer.sealed()
    }

    /// Takes an image apart, which messages call `name`.
    ///
    /// - Throws: `format` when it is damaged, `version` when it is of a version that this library does not know.
    package static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Contents {
        var reader = try unsafe ByteReader(bytes, name: name)
        let header = try reader.header(of: .environment)
        let contents = Contents(header: header, snapshot: try reader.snapshot(hasMoves: header.moves != nil))
        try reader.checkIsAtEnd()
        return contents
    }
}
