import Glibc
import SpaneStorage

/// What the commands need of the file system.
enum FileSystem {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Makes a folder and those above it; fine if it is there already.
    static func makeFolder(_ path: String) throws {
        var current = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            current += "/" + part
            guard unsafe mkdir(current, 0o777) == 0 || errno == EEXIST else {
                throw StorageError(.io, path: path, "cannot be made: \(unsafe String(cString: strerror(errno)))")
            }
        }
    }

    static func write(_ text: String, to path: String) throws { try TextFile.write(text, to: path) }
}
