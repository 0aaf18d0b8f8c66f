import Testing

/// Reads a TensorBoard file as its specification says, sharing nothing with the writer.
struct EventFile {
    struct Value: Equatable {
        let step: Int
        let tag: String
        let value: Float
    }

    private(set) var version: String?
    private(set) var values: [Value] = []
    private(set) var times: [Double] = []

    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let header = rest.prefix(8)
            let length = Int(Self.number(header))
            try #require(Self.number(rest.dropFirst(8).prefix(4)) == UInt64(Self.masked(header)))
            let message = rest.dropFirst(12).prefix(length)
            try #require(message.count == length)
            try #require(Self.number(rest.dropFirst(12 + length).prefix(4)) == UInt64(Self.masked(message)))
            rest = rest.dropFirst(16 + length)
            try read(message)
        }
    }

    func steps(of tag: String) -> [Int] { values.filter { $0.tag == tag }.map(\.step) }

    private mutating func read(_ message: ArraySlice<UInt8>) throws {
        var step = 0
        for field in try Self.fields(message) {
            switch field.number {
            case 1: times.append(Double(bitPattern: field.value))
            case 2: step = Int(field.value)
            case 3: version = String(decoding: field.content, as: UTF8.self)
            case 5:
                for entry in try Self.fields(field.content) {
                    try #require(entry.number == 1)
                    let parts = try Self.fields(entry.content)
                    try #require(parts.map(\.number) == [1, 2])
                    values.append(
                        Value(
                            step: step,
                            tag: String(decoding: parts[0].content, as: UTF8.self),
                            value: Float(bitPattern: UInt32(parts[1].value))
                        )
                    )
                }
            default: Issue.record("field \(field.number)")
            }
        }
    }

    private static func fields(
        _ message: ArraySlice<UInt8>
    ) throws -> [(number: Int, value: UInt64, content: ArraySlice<UInt8>)] {
        var rest = message
        func variable() throws -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                let next = rest.popFirst()
                let byte = try #require(next)
                value |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return value }
            }
        }
        var fields: [(number: Int, value: UInt64, content: ArraySlice<UInt8>)] = []
        while !rest.isEmpty {
            let key = try variable()
            let number = Int(key >> 3)
            switch key & 7 {
            case 0: fields.append((number, try variable(), []))
            case 1, 5:
                let size = key & 7 == 1 ? 8 : 4
                fields.append((number, Self.number(rest.prefix(size)), []))
                rest = rest.dropFirst(size)
            case 2:
                let size = Int(try variable())
                try #require(rest.count >= size)
                fields.append((number, 0, rest.prefix(size)))
                rest = rest.dropFirst(size)
            default: Issue.record("wire type \(key & 7)")
            }
        }
        return fields
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let checksum = checksum(bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    /// CRC-32C, bit by bit.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var rest: UInt32 = .max
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
        }
        return ~rest
    }
}

@Suite struct EventFileTests {
    /// Values of RFC 3720, appendix B.4, and the usual check value, so that writer and reader are not wrong together.
    @Test func checksums() {
        #expect(EventFile.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(EventFile.checksum(Array(repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(EventFile.checksum(Array(repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
    }
}
