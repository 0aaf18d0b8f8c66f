/// Finds one field of a record after the other.
struct CSVFieldScan {
    enum Found {
        case field(Range<Int>)
        /// The record ends with it.
        case lastField(Range<Int>)
        case textBehindQuote
        /// The limit is reached before the field ends.
        case endless
    }

    /// Where the next field, or in the end the next record, starts.
    private(set) var position: Int
    /// The line ends passed over.
    private(set) var lineEnds = 0
    /// Whether the latest field is in quotes.
    private(set) var isQuoted = false
    private let limit: Int

    init(at position: Int, limit: Int) {
        self.position = position
        self.limit = limit
    }

    mutating func next(in bytes: [UInt8], separator: UInt8) -> Found {
        var at = position
        isQuoted = at < limit && bytes[at] == UInt8(ascii: "\"")
        guard !isQuoted else { return nextQuoted(in: bytes, separator: separator) }
        while at < limit, bytes[at] != separator, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        return end(position..<at, in: bytes, separator: separator, at: at)
    }

    private mutating func nextQuoted(in bytes: [UInt8], separator: UInt8) -> Found {
        let start = position + 1
        var at = start
        while true {
            guard at < limit else { return .endless }
            switch bytes[at] {
            // Two quotes stand for one.
            case UInt8(ascii: "\"") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\""):
                at += 1
            case UInt8(ascii: "\""):
                let content = start..<at
                at += 1
                while at < limit, bytes[at] == UInt8(ascii: " ") { at += 1 }
                return end(content, in: bytes, separator: separator, at: at)
            case UInt8(ascii: "\n"):
                lineEnds += 1
            default:
                break
            }
            at += 1
        }
    }

    /// What a field is that ends at `at`.
    private mutating func end(_ field: Range<Int>, in bytes: [UInt8], separator: UInt8, at: Int) -> Found {
        guard at < limit else { return .endless }
        if bytes[at] == separator {
            position = at + 1
            return .field(field)
        }
        let isReturn = bytes[at] == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n")
        guard bytes[at] == UInt8(ascii: "\n") || isReturn else { return .textBehindQuote }
        lineEnds += 1
        position = at + (isReturn ? 2 : 1)
        var field = field
        if !isQuoted, field.upperBound > field.lowerBound, bytes[field.upperBound - 1] == UInt8(ascii: "\r") {
            field = field.lowerBound..<field.upperBound - 1
        }
        return .lastField(field)
    }
}
