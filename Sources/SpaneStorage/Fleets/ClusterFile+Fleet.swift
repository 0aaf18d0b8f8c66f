package import SpaneScheduling

extension ClusterFile {
    /// The bytes that tell an HDF5 file.
    package static let signatureSize = Superblock.signature.count

    /// Whether this is the content of an HDF5 file.
    package static func isHDF5(_ content: some Sequence<UInt8>) -> Bool { content.starts(with: Superblock.signature) }

    /// The servers of a state in the content of a file, which messages call `name`, with nothing running on them and none of
    /// them cordoned.
    ///
    /// - Throws: as ``read(_:)``, and when there is no server.
    package static func servers(content: [UInt8], name: String) throws(StorageError) -> Fleet {
        let snapshot = try unsafe content.withUnsafeBufferPointer { bytes throws(StorageError) -> Cluster.Snapshot in
            let cluster = try unsafe read(memory: UnsafeRawBufferPointer(bytes), name: name)
            return try self.snapshot(of: cluster, name)
        }
        do {
            return try Fleet(
                layout: snapshot.layout,
                types: snapshot.types,
                typeOfServer: snapshot.servers.map { Int32($0.type) },
                spanRule: snapshot.spanRule
            )
        } catch {
            throw StorageError(error, path: name)
        }
    }
}
