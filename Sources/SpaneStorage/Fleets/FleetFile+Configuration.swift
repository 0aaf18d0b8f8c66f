package import SpaneScheduling

extension FleetFile {
    /// Whether this is the content of an HDF5 file.
    package static func isHDF5(_ content: [UInt8]) -> Bool { content.starts(with: Superblock.signature) }

    /// The servers of a state in the content of a file, which messages call `name`, with nothing running on them and none of
    /// them cordoned.
    ///
    /// - Throws: as ``read(_:)``, and when there is no server.
    package static func servers(content: [UInt8], name: String) throws(StorageError) -> ClusterConfiguration {
        let state = try unsafe content.withUnsafeBufferPointer { bytes throws(StorageError) -> Fleet.State in
            try unsafe read(memory: UnsafeRawBufferPointer(bytes), name: name).state
        }
        do {
            return try ClusterConfiguration(
                layout: state.layout,
                types: state.types,
                typeOfServer: state.servers.map { Int32($0.type) },
                spanRule: state.spanRule
            )
        } catch {
            throw StorageError(error, path: name)
        }
    }
}
