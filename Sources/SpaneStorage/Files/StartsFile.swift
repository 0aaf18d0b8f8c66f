/// Episode starts in a text file, one index a line.
public enum StartsFile {
    /// Reads the starts; blank lines are passed over.
    ///
    /// - Throws: ``StorageError`` naming the file, the line and the value that is no index, or when there is none.
    public static func read(_ path: String) throws(StorageError) -> [Int] {
        var lines = CSVLines(try File.read(path), path: path)
        var starts: [Int] = []
        while let line = try lines.next() {
            try line.checkCount(["start"])
            let start = try line.integer(0, ["start"])
            guard start >= 0, start <= Int64(Int32.max) else {
                throw line.error("the start \(start) is no index of a VM")
            }
            starts.append(Int(start))
        }
        guard !starts.isEmpty else { throw StorageError(.format, path: path, "has no starts") }
        return starts
    }
}
