package import SpaneScheduling
internal import SpaneSystem

/// Whole files by way of the C library.
package enum File {
    /// The message of the last failed system call.
    package static var systemError: String { systemError(errno) }

    /// What the system says of an error.
    package static func systemError(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

    /// Whether there is a file or folder of this name.
    package static func exists(_ path: String) -> Bool { unsafe path.withPath { unsafe access($0, F_OK) } == 0 }

    /// Whether there is a folder of this name.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe path.withPath { unsafe stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size of a regular file in bytes.
    package static func size(_ path: String) throws(StorageError) -> Int {
        var status = stat()
        let result = unsafe path.withPath { unsafe stat($0, &status) }
        return try size(path, status, isKnown: result == 0)
    }

    private static func size(_ path: String, _ status: stat, isKnown: Bool) throws(StorageError) -> Int {
        guard isKnown else { throw StorageError("cannot be read", path: path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.io, path: path, "cannot be read: it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// What is read or written at a time, in bytes; takes a few milliseconds.
    static let pieceSize = 4 << 20

    /// All bytes of a file, or its first `limit`.
    package static func read(
        _ path: String,
        limit: Int = .max,
        progress: Progress = .none
    ) throws(StorageError) -> [UInt8] {
        // Opening a pipe would wait for its writer.
        _ = try size(path)
        // "e": programs that another thread starts meanwhile do not get the file.
        guard let file = unsafe path.withPath({ unsafe fopen($0, "rbe") }) else {
            throw StorageError("cannot be read", path: path, errno: errno)
        }
        defer { unsafe fclose(file) }
        // The file may have been replaced by one of another size since.
        var status = stat()
        let result = unsafe fstat(fileno(file), &status)
        let size = min(try size(path, status, isKnown: result == 0), limit)
        try Memory.require(bytes: size, for: "its content", path: path)
        var count = 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        while count < size {
            let piece = min(size - count, pieceSize)
            bytes.append(addingCapacity: piece) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                    initialized = unsafe fread(buffer.baseAddress, 1, piece, file)
                }
            }
            guard bytes.count == count + piece else {
                count = bytes.count
                break
            }
            count = bytes.count
            try progress.check(count, of: size, path: path)
        }
        guard count == size else { throw StorageError(.io, path: path, "ended after \(count) of \(size) bytes") }
        return bytes
    }

    /// Makes a folder and those above it; fine if it is there already.
    package static func makeFolder(_ path: String) throws(StorageError) {
        var current = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            current += "/" + part
            guard unsafe current.withPath({ unsafe mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
                throw StorageError("cannot be made", path: path, errno: errno)
            }
        }
    }

    /// The names of what is in a folder.
    package static func names(in path: String) throws(StorageError) -> [String] {
        guard let folder = unsafe path.withPath({ unsafe opendir($0) }) else {
            throw StorageError("cannot be read", path: path, errno: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe PathText.text(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a file or an empty folder.
    ///
    /// - Returns: 0, or the number of the error.
    @discardableResult
    package static func remove(_ path: String) -> Int32 {
        unsafe path.withPath { unsafe systemRemove($0) } == 0 ? 0 : errno
    }
}
