/// A cursor over the records of a table in text (RFC 4180), which finds the fields of one record at a time in place.
///
/// A record is a line; a quoted field may hold line ends. Lines are counted from 1, blank ones are passed over.
struct CSVRecords {
    /// The longest record in bytes.
    static let longest = 65_536
    /// The most fields of a record.
    static let mostFields = 1_000

    /// The text, which ends with a line end.
    let bytes: [UInt8]
    let path: String
    var separator: UInt8
    /// Where the present record starts.
    private(set) var start = 0
    /// The line on which it starts.
    private(set) var line = 0
    /// Where each of its fields lies, without quotes; empty until ``findFields()``.
    private(set) var fields: [Range<Int>] = []
    /// Where the next record starts, and the lines before it.
    private var position: Int
    private var linesPassed = 0

    /// - Parameter bytes: the text in UTF-8 or any encoding in which ASCII stands for itself.
    init(_ bytes: consuming [UInt8], path: String, separator: UInt8 = UInt8(ascii: ",")) {
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        // A byte order mark says nothing about the first column.
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        self.bytes = bytes
        self.path = path
        self.separator = separator
    }

    /// Goes to the next record, and gives false where there is none.
    @inline(__always)
    mutating func startNext() -> Bool {
        var at = position
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\n") {
                at += 1
            } else if bytes[at] == UInt8(ascii: "\r"), bytes[at + 1] == UInt8(ascii: "\n") {
                at += 2
            } else {
                break
            }
            linesPassed += 1
        }
        position = at
        start = at
        line = linesPassed + 1
        if !fields.isEmpty { fields.removeAll(keepingCapacity: true) }
        return at < bytes.count
    }

    /// Passes over the present record, which is one line and ends before `end`.
    @inline(__always)
    mutating func pass(to end: Int) {
        position = end
        linesPassed += 1
    }

    /// Finds the fields of the present record and passes over it.
    ///
    /// - Throws: ``StorageError`` naming the line that is too long, has too many columns or a quote out of place.
    mutating func findFields() throws(StorageError) {
        var scan = CSVFieldScan(at: start, limit: min(bytes.count, start + Self.longest))
        fields.removeAll(keepingCapacity: true)
        while true {
            guard fields.count < Self.mostFields else {
                throw error("it has more than \(Self.mostFields) columns, which is the most that is read")
            }
            switch scan.next(in: bytes, separator: separator) {
            case .field(let range): fields.append(range)
            case .lastField(let range):
                fields.append(range)
                position = scan.position
                linesPassed = line - 1 + scan.lineEnds
                return
            case .textBehindQuote:
                throw error("column \(fields.count + 1) has text behind its closing quote")
            case .endless where scan.isQuoted:
                throw error(
                    "the quote that column \(fields.count + 1) starts with is not closed within \(Self.longest) bytes"
                )
            case .endless:
                throw error("it is longer than \(Self.longest) bytes, which is the most that is read")
            }
        }
    }

    /// Finds the fields of the present record again, for a message about it, and stays where the cursor is.
    mutating func findFieldsAgain() throws(StorageError) {
        let (position, linesPassed) = (position, linesPassed)
        try findFields()
        (self.position, self.linesPassed) = (position, linesPassed)
    }

    func error(_ detail: String) -> StorageError {
        StorageError(.format, path: path, "line \(line): \(detail)")
    }

    func checkCount(_ count: Int) throws(StorageError) {
        guard fields.count == count else {
            throw error("it has \(fields.count) columns; the header has \(count)")
        }
    }

    /// A field without the spaces around it.
    func trimmed(_ field: Range<Int>) -> Range<Int> {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var (start, end) = (field.lowerBound, field.upperBound)
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// A field for a message: what would not show is escaped, and what is long is cut.
    func shown(_ field: Range<Int>) -> String { VisibleText.of(bytes[field], atMost: 40) }

    /// The integer that a field is, or `nil`.
    func integer(_ field: Range<Int>) -> Int64? {
        let field = trimmed(field)
        var at = field.lowerBound
        guard let value = PlainNumber.scanInteger(bytes, &at), at == field.upperBound else { return nil }
        return value
    }

    /// The finite number that a field is, or `nil`.
    func number(_ field: Range<Int>) -> Double? {
        let field = trimmed(field)
        var at = field.lowerBound
        guard let value = PlainNumber.scan(bytes, &at), at == field.upperBound, value.isFinite else { return nil }
        return value
    }
}
