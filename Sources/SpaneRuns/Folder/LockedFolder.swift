internal import Glibc
internal import SpaneStorage

/// A folder that one process at a time may hold.
final class LockedFolder: Sendable {
    /// The name of the file that is locked.
    static let lockName = "lock"

    /// The path of the folder.
    let path: String
    private let descriptor: Int32

    /// Makes the folder where it is missing, locks it, and removes what a process that was killed left half written.
    ///
    /// - Parameters:
    ///   - owned: what the names of the files begin with that are written here.
    ///   - check: refuses the folder by throwing; nothing is changed then. It is asked again behind the lock, because
    ///     another process may have made the folder its own before.
    /// - Throws: what `check` does; ``StorageError`` when another process holds the folder or it cannot be made.
    init(_ path: String, owned: [String], check: () throws -> Void) throws {
        try check()
        try File.makeFolder(path)
        self.path = path
        descriptor = try Self.lock("\(path)/\(Self.lockName)", path)
        do {
            try check()
            for name in try File.names(in: path) where Self.isUnfinished(name, of: owned) {
                unsafe unlink("\(path)/\(name)")
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// A file in a folder that is neither the lock, nor left half written, nor named in `besides`.
    static func stranger(in path: String, owned: [String], besides: [String] = []) throws(StorageError) -> String? {
        let names = try File.names(in: path)
        return names.filter { $0 != lockName && !besides.contains($0) && !isUnfinished($0, of: owned) }.min()
    }

    /// Whether a process that was killed left this file half written; see ``SpaneStorage/File/write(_:to:)``.
    private static func isUnfinished(_ name: String, of owned: [String]) -> Bool {
        name.hasSuffix(".tmp") && owned.contains { name.hasPrefix($0) }
    }

    /// Opens and locks a file for as long as its descriptor is open.
    private static func lock(_ file: String, _ folder: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw StorageError(.io, path: file, "cannot be opened: \(File.systemError)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = File.systemError
            close(descriptor)
            throw isHeld
                ? StorageError(.io, path: folder, "another process is training in this folder")
                : StorageError(.io, path: file, "cannot be locked: \(reason)")
        }
        return descriptor
    }
}
