package import SpaneScheduling
internal import SpaneStorage

/// The servers of a fleet as the command takes them: a text in TOML, or the state of a cluster in HDF5.
package enum FleetInput {
    /// Reads the servers, with nothing running on them.
    ///
    /// - Throws: ``RunConfigurationError`` or ``StorageError`` naming the file, the class of servers, the key, its value and
    ///   what is allowed.
    package static func load(_ path: String) throws -> Fleet {
        try parse(try File.read(path), path)
    }

    /// Reads the servers from the content of the file at `path`.
    static func parse(_ content: [UInt8], _ path: String) throws -> Fleet {
        if ClusterFile.isHDF5(content) { return try ClusterFile.servers(content: content, name: path) }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw RunConfigurationError(path, "is neither a fleet in UTF-8 text nor an HDF5 file")
        }
        return try FleetText.parse(text, file: path)
    }
}
