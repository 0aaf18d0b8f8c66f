internal import CHDF5
internal import SpaneSystem

extension HDF5 {
    /// Opens a file to read.
    ///
    /// - Throws: ``StorageError`` that says what stands in the way, as far as there is evidence of it.
    static func openToRead(_ path: String) throws(StorageError) -> HDF5Handle {
        let id = unsafe path.withPath { unsafe chdf5_open_read_only($0) }
        guard let file = HDF5Handle(id, H5Fclose) else { throw failure(path, errorText) }
        return file
    }

    private static func failure(_ path: String, _ text: String) -> StorageError {
        // Swift's own search would bring a part of its runtime that the C library leaves out.
        func has(_ words: String) -> Bool { unsafe strstr(text, words) != nil }
        if isHeldByAnother(path) {
            return StorageError(
                .io,
                path: path,
                "another program has it open for writing; try again when that has closed it"
            )
        }
        // A file of HDF5 1.10 says so itself, and goes on saying so after a program was killed that wrote it.
        if has("already open for write") {
            return StorageError(
                .io,
                path: path,
                "another program has it open for writing, or ended without closing it; in that case 'h5clear -s' makes it "
                    + "readable, if it is sound"
            )
        }
        if has("unable to lock file") {
            return StorageError(
                .io,
                path: path,
                "cannot be locked; with HDF5_USE_FILE_LOCKING=FALSE in the environment HDF5 needs no lock: \(text)"
            )
        }
        // HDF5 tells the number of an error that the system gave.
        if has("errno = ") { return StorageError(.io, path: path, "cannot be opened: \(text)") }
        return StorageError(.format, path: path, "cannot be opened (truncated or damaged?): \(text)")
    }

    /// Whether another process, or another part of this one, holds the lock that HDF5 takes to write.
    private static func isHeldByAnother(_ path: String) -> Bool {
        let descriptor = unsafe path.withPath { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
