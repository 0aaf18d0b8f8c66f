internal import SpaneSystem

/// What a path to be written leads to, its symbolic links followed.
enum Destination {
    /// An open file of this process, as `/dev/stdout` is one. It is not opened anew, since others go on where we end.
    case descriptor(Int32)
    /// Something that is there and cannot be replaced: a device, a pipe, a file of another process.
    case stream
    /// A regular file, or a name that is free.
    case file(folder: String, name: String, existing: stat?)

    private static let mostLinks = 40

    init(_ path: String) throws(StorageError) {
        func failure(_ number: Int32) -> StorageError { StorageError("cannot be written", path: path, errno: number) }
        var status = stat()
        let exists = unsafe path.withPath { unsafe stat($0, &status) } == 0
        // The system refuses to follow links that it takes for traps; those that it follows are followed again below.
        guard exists || errno == ENOENT else { throw failure(errno) }
        let kind = status.st_mode & S_IFMT
        guard !exists || kind != S_IFDIR else { throw failure(EISDIR) }
        var link = path
        for _ in 0..<Self.mostLinks {
            let (above, name) = Self.split(link)
            guard !link.isEmpty else { throw failure(ENOENT) }
            guard !name.isEmpty else { throw failure(EISDIR) }
            guard let folder = Self.realPath(above) else { throw failure(errno) }
            // What /proc has are windows into processes and not files of a folder.
            guard !folder.hasPrefix("/proc/") else {
                let isOurs = folder == "/proc/\(getpid())/fd"
                self = if isOurs, let number = Int32(name) { .descriptor(number) } else { .stream }
                return
            }
            guard let target = Self.target(ofLink: "\(folder)/\(name)") else {
                self =
                    exists && kind != S_IFREG
                    ? .stream : .file(folder: folder, name: name, existing: exists ? status : nil)
                return
            }
            link = target.hasPrefix("/") ? target : "\(folder)/\(target)"
        }
        throw failure(ELOOP)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    /// The path of a folder without links.
    private static func realPath(_ folder: String) -> String? {
        guard let found = unsafe folder.withPath({ unsafe realpath($0, nil) }) else { return nil }
        defer { unsafe free(found) }
        return unsafe PathText.text(cString: found)
    }

    /// What a symbolic link says; `nil` for anything else.
    private static func target(ofLink path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe path.withPath { path in
            unsafe bytes.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return -1 }
                return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
        return count < 0 ? nil : PathText.text(bytes[..<count])
    }
}
