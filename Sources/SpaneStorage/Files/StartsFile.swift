/// Episode starts in a text file, one index a line.
public enum StartsFile {
    /// Reads the starts; blank lines are passed over.
    ///
    /// - Throws: ``StorageError`` naming the file, the line and the value that is no index, or when there is none.
    public static func read(_ path: String) throws(StorageError) -> [Int] {
        var records = CSVRecords(try File.read(path), path: path)
        var starts: [Int] = []
        while records.startNext() {
            try records.findFields()
            try records.checkCount(1)
            let field = records.fields[0]
            guard let start = records.integer(field) else {
                throw records.error("column start is \"\(records.shown(field))\"; it must be an integer")
            }
            guard start >= 0, start <= Int64(Int32.max) else {
                throw records.error("the start \(start) is no index of a VM")
            }
            starts.append(Int(start))
        }
        guard !starts.isEmpty else { throw StorageError(.format, path: path, "has no starts") }
        return starts
    }
}
