internal import Glibc
internal import SpaneHost

/// Whole files by way of the C library.
package enum File {
    /// The message of the last failed system call.
    package static var systemError: String { unsafe String(cString: strerror(errno)) }

    /// Whether there is a file or folder of this name.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The size of a regular file in bytes.
    package static func size(_ path: String) throws(StorageError) -> Int {
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
    package static func read(_ path: String, limit: Int = .max) throws(StorageError) -> [UInt8] {
        let size = min(try size(path), limit)
        guard let file = unsafe fopen(path, "rb") else {
            throw StorageError(.io, path: path, "cannot be read: \(systemError)")
        }
        defer { unsafe fclose(file) }
        try Memory.require(bytes: size, for: "its content", path: path)
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            count = unsafe fread(buffer.baseAddress, 1, size, file)
            initialized = count
        }
        guard count == size else { throw StorageError(.io, path: path, "ended after \(count) of \(size) bytes") }
        return bytes
    }

    /// Makes a folder and those above it; fine if it is there already.
    package static func makeFolder(_ path: String) throws(StorageError) {
        var current = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            current += "/" + part
            guard unsafe mkdir(current, 0o777) == 0 || errno == EEXIST else {
                throw StorageError(.io, path: path, "cannot be made: \(systemError)")
            }
        }
    }

    /// The names of what is in a folder.
    package static func names(in path: String) throws(StorageError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw StorageError(.io, path: path, "cannot be read: \(systemError)")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Writes a file under a temporary name beside `path`, which it replaces in one step when it is safe on the disk.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system; an earlier file is untouched then.
    package static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        let temporary = "\(path).\(getpid()).tmp"
        guard let file = unsafe fopen(temporary, "wb") else {
            throw StorageError(.io, path: path, "cannot be written: \(systemError)")
        }
        func fail() -> StorageError {
            let reason = systemError
            unsafe unlink(temporary)
            return StorageError(.io, path: path, "cannot be written: \(reason)")
        }
        let isComplete = unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0
        guard isComplete, unsafe fsync(fileno(file)) == 0 else {
            let error = fail()
            unsafe fclose(file)
            throw error
        }
        guard unsafe fclose(file) == 0, unsafe rename(temporary, path) == 0 else { throw fail() }
    }
}
