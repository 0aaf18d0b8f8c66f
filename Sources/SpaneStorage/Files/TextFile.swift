/// Text files read and written whole.
public enum TextFile {
    /// The text of a file in UTF-8.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system.
    public static func read(_ path: String) throws(StorageError) -> String {
        String(decoding: try File.read(path), as: UTF8.self)
    }

    /// Writes `text` as UTF-8; an existing file is replaced in one step, and survives if writing fails.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system.
    public static func write(_ text: String, to path: String) throws(StorageError) {
        try File.write(Array(text.utf8), to: path)
    }
}
