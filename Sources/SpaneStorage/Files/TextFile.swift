/// Text files written whole.
public enum TextFile {
    /// Writes `text` as UTF-8; an existing file is replaced in one step, and survives if writing fails.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system.
    public static func write(_ text: String, to path: String) throws(StorageError) {
        try File.write(Array(text.utf8), to: path)
    }
}
