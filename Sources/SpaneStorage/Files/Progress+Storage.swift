package import SpaneScheduling

extension Progress {
    /// As ``check(_:of:)``, with an error that names the file.
    package func check(_ done: Int, of total: Int, path: String) throws(StorageError) {
        do {
            try check(done, of: total)
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// As ``finish()``, with an error that names the file.
    package func finish(path: String) throws(StorageError) {
        do {
            try finish()
        } catch {
            throw StorageError(error, path: path)
        }
    }
}
