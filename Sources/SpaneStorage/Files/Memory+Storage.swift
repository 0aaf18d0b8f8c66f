package import SpaneScheduling
internal import SpaneSystem

extension Memory {
    /// What HDF5 takes for itself: its tables, caches and the buffers of its filters.
    static let hdf5 = 8 << 20

    /// As ``check(bytes:for:root:)``, with an error that names the file.
    static func require(bytes: Int, for purpose: @autoclosure () -> String, path: String) throws(StorageError) {
        do {
            try check(bytes: bytes, for: purpose())
        } catch {
            throw StorageError(error, path: path)
        }
    }
}

extension StorageError {
    /// What is wrong with the content of a file; that memory ran out, or nobody waits any more, says nothing of the content.
    package init(_ error: SchedulingError, path: String) {
        let code: Code =
            switch error.code {
            case .outOfMemory: .outOfMemory
            case .cancelled: .cancelled
            default: .format
            }
        self.init(code, path: path, error.description)
    }
}
