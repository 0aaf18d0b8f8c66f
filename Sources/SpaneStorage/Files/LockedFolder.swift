internal import SpaneSystem

/// A folder that one process at a time may hold.
package final class LockedFolder: Sendable {
    /// The name of the file that is locked.
    package static let lockName = "lock"

    /// Who keeps other processes out of a folder.
    package enum Guard: Sendable {
        /// A lock of the file system.
        case lock
        /// The user, on a file system that has no locks.
        case user
    }

    /// The path of the folder.
    package let path: String
    private let descriptor: Int32?

    /// Makes the folder where it is missing, locks it, and removes what a process that was killed left half written.
    ///
    /// - Parameters:
    ///   - work: what one process at a time does there, for messages: "training".
    ///   - owned: what the names of the files begin with that are written here.
    ///   - check: refuses the folder by throwing; nothing is changed then. It is asked again behind the lock, because
    ///     another process may have made the folder its own before.
    /// - Throws: what `check` does; ``StorageError`` when another process holds the folder, or it cannot be made or locked.
    package init(_ path: String, for work: String, owned: [String], by guardian: Guard, check: () throws -> Void) throws
    {
        try check()
        try File.makeFolder(path)
        self.path = path
        descriptor =
            switch guardian {
            case .lock: try Self.lock("\(path)/\(Self.lockName)", path, work)
            case .user: nil
            }
        do {
            try check()
            TemporaryFile.removeAbandoned(in: path)
            for name in try File.names(in: path) where Self.isOfEarlierVersion(name, owned) {
                File.remove("\(path)/\(name)")
            }
        } catch {
            if let descriptor { close(descriptor) }
            throw error
        }
    }

    deinit { if let descriptor { close(descriptor) } }

    /// A file in a folder that is neither the lock, nor left half written, nor named in `besides`.
    package static func stranger(
        in path: String,
        owned: [String],
        besides: [String] = []
    ) throws(StorageError) -> String? {
        try File.names(in: path).filter {
            $0 != lockName && !besides.contains($0) && !TemporaryFile.isName($0) && !isOfEarlierVersion($0, owned)
        }.min()
    }

    /// Whether an earlier version left this file half written; its temporary files were called like their targets.
    private static func isOfEarlierVersion(_ name: String, _ owned: [String]) -> Bool {
        name.hasSuffix(".tmp") && owned.contains { name.hasPrefix($0) }
    }

    /// Opens and locks a file for as long as its descriptor is open.
    private static func lock(_ file: String, _ folder: String, _ work: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe file.withPath { unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw StorageError("cannot be opened", path: file, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            guard number != EWOULDBLOCK else {
                throw StorageError(.io, path: folder, "another process is \(work) in this folder")
            }
            throw StorageError(
                .io,
                path: file,
                "cannot be locked: \(File.systemError(number)). Does its file system have no locks? Name a folder on another "
                    + "one; or give --without-lock, and see to it that no other process is \(work) in this folder"
            )
        }
        return descriptor
    }
}
