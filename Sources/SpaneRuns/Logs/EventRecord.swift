/// One record of a TensorBoard event file: an `Event` protocol buffer in a TFRecord frame.
///
/// A frame is the length (8 bytes), its masked CRC-32C (4), the content, and its masked CRC-32C (4), little-endian. The
/// fields of `Event` are wall_time = 1 (double), step = 2 (int64), file_version = 3 (string) and summary = 5 (message); a
/// summary has values = 1 with tag = 1 (string) and simple_value = 2 (float).
struct EventRecord {
    private var message: [UInt8] = []

    /// The first record of a file.
    static func version(at time: Double) -> [UInt8] {
        var record = EventRecord(time: time)
        record.message.appendField(3, Array("brain.Event:2".utf8))
        return record.framed
    }

    /// The values of a step; those that are not finite are left out.
    static func scalars(_ values: [(tag: String, value: Double)], step: Int, at time: Double) -> [UInt8] {
        var summary: [UInt8] = []
        for (tag, value) in values where value.isFinite {
            var entry: [UInt8] = []
            entry.appendField(1, Array(tag.utf8))
            entry.append(2 << 3 | WireType.fixed32)
            entry.appendLittleEndian(Float(value).bitPattern)
            summary.appendField(1, entry)
        }
        var record = EventRecord(time: time)
        record.message.append(2 << 3 | WireType.variable)
        record.message.appendVariable(UInt64(bitPattern: Int64(step)))
        record.message.appendField(5, summary)
        return record.framed
    }

    private init(time: Double) {
        message.append(1 << 3 | WireType.fixed64)
        message.appendLittleEndian(time.bitPattern)
    }

    private var framed: [UInt8] {
        var frame: [UInt8] = []
        frame.appendLittleEndian(UInt64(message.count))
        frame.appendLittleEndian(CRC32C.masked(frame))
        frame += message
        frame.appendLittleEndian(CRC32C.masked(message))
        return frame
    }
}

private enum WireType {
    static let variable: UInt8 = 0
    static let fixed64: UInt8 = 1
    static let bytes: UInt8 = 2
    static let fixed32: UInt8 = 5
}

extension [UInt8] {
    fileprivate mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    fileprivate mutating func appendVariable(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func appendField(_ number: UInt8, _ content: [UInt8]) {
        append(number << 3 | WireType.bytes)
        appendVariable(UInt64(content.count))
        self += content
    }
}
