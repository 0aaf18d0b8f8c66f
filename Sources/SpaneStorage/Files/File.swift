internal import Glibc

/// Whole files by way of the C library.
enum File {
    /// The message of the last failed system call.
    static var systemError: String { unsafe String(cString: strerror(errno)) }

    /// The size of a regular file in bytes.
    static func size(_ path: String) throws(StorageError) -> Int {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw StorageError(.io, path: path, "cannot be read: \(systemError)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.io, path: path, "cannot be read: it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// All bytes of a file, or its first `limit`.
    static func read(_ path: String, limit: Int = .max) throws(StorageError) -> [UInt8] {
        let size = min(try size(path), limit)
        guard let file = unsafe fopen(path, "rb") else {
            throw StorageError(.io, path: path, "cannot be read: \(systemError)")
        }
        defer { unsafe fclose(file) }
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            count = unsafe fread(buffer.baseAddress, 1, size, file)
            initialized = count
        }
        guard count == size else { throw StorageError(.io, path: path, "ended after \(count) of \(size) bytes") }
        return bytes
    }

    /// A name beside `path` for a file that will replace it.
    static func temporaryName(for path: String) -> String { "\(path).\(getpid()).tmp" }

    /// Replaces `path` by `temporary` in one step.
    static func replace(_ path: String, by temporary: String) throws(StorageError) {
        guard unsafe rename(temporary, path) == 0 else {
            let reason = systemError
            remove(temporary)
            throw StorageError(.io, path: path, "cannot be written: \(reason)")
        }
    }

    static func remove(_ path: String) { unsafe unlink(path) }
}
