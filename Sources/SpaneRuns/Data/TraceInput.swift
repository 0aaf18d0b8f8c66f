internal import SpaneSystem
package import SpaneScheduling
package import SpaneStorage

/// Traces as the command takes them: in a file, in a pipe or on standard input, packed or not.
package enum TraceInput {
    /// What stands for standard input.
    package static let standardInput = "-"

    /// Reads a trace.
    ///
    /// - Throws: ``StorageError`` naming the file and what is wrong with it.
    package static func load(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        if path == standardInput { return try load(descriptor: STDIN_FILENO, name: "standard input") }
        guard !isPipe(path) else {
            let descriptor = try open(path)
            defer { close(descriptor) }
            return try load(descriptor: descriptor, name: path)
        }
        guard let packing = OtherFormat.Packing(of: try File.read(path, limit: OtherFormat.Packing.signatureLength))
        else {
            return try TraceFile.load(path)
        }
        let descriptor = try open(path)
        defer { close(descriptor) }
        return try TraceFile.load(content: try Unpacking.run(packing, descriptor, name: path), name: path)
    }

    private static func load(
        descriptor: Int32,
        name: String
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        var content = try ByteStream.read(descriptor, name: name)
        if let packing = OtherFormat.Packing(of: content) {
            content = try Unpacking.run(packing, content, name: name)
        }
        return try TraceFile.load(content: content, name: name)
    }

    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        guard unsafe path.withPath({ unsafe stat($0, &status) }) == 0 else { return false }
        return [S_IFIFO, S_IFSOCK, S_IFCHR].contains(status.st_mode & S_IFMT)
    }

    private static func open(_ path: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe path.withPath { unsafe systemOpen($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw StorageError(.io, path: path, "cannot be read: \(File.systemError)")
        }
        return descriptor
    }
}
