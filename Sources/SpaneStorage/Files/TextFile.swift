internal import Glibc

/// Text files written whole.
public enum TextFile {
    /// Writes `text` as UTF-8; an existing file is replaced in one step, and survives if writing fails.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system.
    public static func write(_ text: String, to path: String) throws(StorageError) {
        let temporary = File.temporaryName(for: path)
        guard let file = unsafe fopen(temporary, "wb") else {
            throw StorageError(.io, path: path, "cannot be written: \(File.systemError)")
        }
        let bytes = Array(text.utf8)
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        guard unsafe fclose(file) == 0, written == bytes.count else {
            let reason = File.systemError
            File.remove(temporary)
            throw StorageError(.io, path: path, "cannot be written: \(reason)")
        }
        try File.replace(path, by: temporary)
    }
}
