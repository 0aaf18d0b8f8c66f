internal import SpaneHost
internal import SpaneScheduling

/// The lines of a comma-separated file without quoting, numbered from 1; blank lines are passed over.
struct CSVLines {
    private let bytes: [UInt8]
    private let path: String
    private var position = 0
    private var lineNumber = 0

    private static let longLine = 1 << 12

    /// How many there are at most.
    var count: Int { bytes.count { $0 == UInt8(ascii: "\n") } + 1 }

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
        // A byte order mark says nothing about the first column.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func next() throws(StorageError) -> CSVLine? {
        while position < bytes.count {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            var end = position
            position += 1
            lineNumber += 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            // Often enough to stop at once, and too seldom to cost anything.
            if lineNumber.isMultiple(of: 4096) { try StorageError.checkCancellation(path) }
            guard end > start else { continue }
            // A line of commas alone has as many fields as bytes.
            if end - start > Self.longLine {
                let bytes = 3 * (end - start) * MemoryLayout<ArraySlice<UInt8>>.stride
                try Memory.require(bytes: bytes, for: "line \(lineNumber) of \(end - start) bytes", path: path)
            }
            return CSVLine(
                fields: bytes[start..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false),
                number: lineNumber,
                path: path
            )
        }
        return nil
    }
}

/// One line and its fields.
struct CSVLine {
    let fields: [ArraySlice<UInt8>]
    let number: Int
    let path: String

    func error(_ detail: String) -> StorageError {
        StorageError(.format, path: path, "line \(number): \(detail)")
    }

    func checkCount(_ header: [String]) throws(StorageError) {
        guard fields.count == header.count else {
            throw error("it has \(fields.count) columns; the header has \(header.count)")
        }
    }

    /// A finite number.
    func number(_ column: Int, _ header: [String]) throws(StorageError) -> Double {
        if let value = PlainNumber.parse(fields[column]) { return value }
        guard let value = Double(text(column)), value.isFinite else { throw refuse(column, header, "a finite number") }
        return value
    }

    /// A finite number above zero.
    func positive(_ column: Int, _ header: [String]) throws(StorageError) -> Double {
        let value = try number(column, header)
        guard Resources(cpu: value, mem: value).onGrid.isPositive else {
            throw refuse(column, header, saying: Resources.rule(value))
        }
        return value
    }

    func integer(_ column: Int, _ header: [String]) throws(StorageError) -> Int64 {
        if let value = PlainNumber.parse(fields[column]), let whole = Int64(exactly: value),
            !fields[column].contains(UInt8(ascii: "."))
        {
            return whole
        }
        guard let value = Int64(text(column)) else { throw refuse(column, header, "an integer") }
        return value
    }

    private func text(_ column: Int) -> Substring {
        let space = UInt8(ascii: " ")
        let start = fields[column].drop { $0 == space }
        // A space inside stays, so that "4 5" is refused and not read as 4.
        let end = start.lastIndex { $0 != space }.map { $0 + 1 } ?? start.startIndex
        return Substring(decoding: start[..<end], as: UTF8.self)
    }

    private func refuse(_ column: Int, _ header: [String], _ rule: String) -> StorageError {
        refuse(column, header, saying: "it must be \(rule)")
    }

    private func refuse(_ column: Int, _ header: [String], saying detail: String) -> StorageError {
        let shown = String(decoding: fields[column], as: UTF8.self).prefix(40)
        return error("column \(header[column]) is \"\(shown)\"; \(detail)")
    }
}
