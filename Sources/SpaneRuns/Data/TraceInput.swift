internal import SpaneEvaluation
internal import SpaneSystem
package import SpaneScheduling
package import SpaneStorage

/// Traces as the command takes them: in a file, in a pipe or on standard input, packed or not.
package enum TraceInput {
    /// What stands for standard input.
    package static let standardInput = "-"

    /// Reads a trace; `trace.h5@1000..<5000` names some VMs of one, which are a trace of their own.
    ///
    /// - Throws: ``StorageError`` naming the file and what is wrong with it.
    package static func load(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let (path, part) = split(path)
        if path == standardInput { return try load(descriptor: STDIN_FILENO, name: "standard input") }
        guard !isPipe(path) else {
            if part != nil {
                throw StorageError(.format, path: path, "is a pipe; some of its VMs can be read when it is a file")
            }
            let descriptor = try open(path)
            defer { close(descriptor) }
            return try load(descriptor: descriptor, name: path)
        }
        if LogReader.isLog(path) { return try load(LogReader(path), part) }
        guard let packing = OtherFormat.Packing(of: try File.read(path, limit: OtherFormat.Packing.signatureLength))
        else {
            return try TraceFile.load(path, part: part)
        }
        guard part == nil else {
            throw StorageError(.format, path: path, "is packed; some of its VMs can be read when it is unpacked")
        }
        let descriptor = try open(path)
        defer { close(descriptor) }
        return try TraceFile.load(content: try Unpacking.run(packing, descriptor, name: path), name: path)
    }

    /// The VMs of the log of a cluster.
    private static func load(
        _ log: LogReader,
        _ part: Range<Int>?
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        if part != nil {
            throw StorageError(.format, path: log.path, "is a log; some of its VMs can be read when it was imported")
        }
        do {
            let trace = try LogFacts(log).trace(of: log)
            return (trace, TraceDescription(source: log.path, licence: "unknown").describing(trace))
        } catch {
            throw error as? StorageError ?? StorageError(.format, path: log.path, "\(error)")
        }
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

    /// The file and the VMs that a text like `trace.h5@1000..<5000` names.
    private static func split(_ text: String) -> (path: String, part: Range<Int>?) {
        guard let at = text.lastIndex(of: "@"), unsafe text.withPath({ unsafe access($0, F_OK) }) != 0 else {
            return (text, nil)
        }
        let ends = text[text.index(after: at)...].split(separator: "..<", omittingEmptySubsequences: false)
        guard ends.count == 2, let low = Int(ends[0]), let high = Int(ends[1]), low >= 0, low <= high else {
            return (text, nil)
        }
        return (String(text[..<at]), low..<high)
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
