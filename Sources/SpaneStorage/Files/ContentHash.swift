/// SHA-256 hashes that `sha256sum` gives too.
public enum ContentHash {
    /// The hash of a file's bytes in hexadecimal.
    ///
    /// - Throws: ``StorageError`` when the file cannot be read.
    public static func ofFile(_ path: String) throws(StorageError) -> String { of(try File.read(path)) }

    /// The hash of a text in UTF-8, in hexadecimal.
    public static func ofText(_ text: String) -> String { of(text.utf8) }

    /// The hash of bytes in hexadecimal.
    package static func of(_ bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        for byte in bytes { hash.update(byte: byte) }
        return hash.hexadecimal()
    }
}
