internal import SpaneSystem
internal import SpaneStorage

/// A file that only grows, and that is cut back to what it was at the checkpoint when a run resumes.
final class LogFile {
    private let path: String
    private let descriptor: Int32
    /// The bytes written so far.
    private(set) var byteCount: Int

    /// Opens the file, which is made where there is none, and keeps its first `byteCount` bytes.
    ///
    /// - Throws: ``StorageError`` when it has fewer, or with the reason of the operating system.
    init(_ path: String, keeping byteCount: Int) throws(StorageError) {
        self.path = path
        self.byteCount = byteCount
        descriptor = unsafe path.withPath { unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw failure("cannot be opened") }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot be read") }
        guard status.st_size >= byteCount else {
            close(descriptor)
            throw StorageError(
                .format,
                path: path,
                "has \(status.st_size) bytes, and had \(byteCount) when the checkpoint was made; it was changed since then"
            )
        }
        guard ftruncate(descriptor, byteCount) == 0, lseek(descriptor, byteCount, SEEK_SET) == byteCount else {
            throw failure("cannot be cut back")
        }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(StorageError) {
        let number = Output.write(bytes, to: descriptor)
        guard number == 0 else { throw StorageError("cannot be written", path: path, errno: number) }
        byteCount += bytes.count
    }

    /// Waits until all is safe on the disk, as a checkpoint that counts on it must.
    func synchronise() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw failure("cannot be written") }
    }

    private func failure(_ what: String) -> StorageError {
        StorageError(what, path: path, errno: errno)
    }
}
