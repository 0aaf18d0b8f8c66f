import SpaneStorage

/// What the commands need of the file system.
enum FileSystem {
    static func exists(_ path: String) -> Bool { File.exists(path) }

    static func write(_ text: String, to path: String) throws { try TextFile.write(text, to: path) }
}
