/// A log is a signature and frames, each of which holds one event: its length, a checksum, and its bytes.
package enum LogFrame {
    /// The first bytes of a log; the last of them is the version.
    package static let signature: [UInt8] = Array("SPANELOG".utf8) + [0, 0, 0, version]
    package static let version: UInt8 = 1

    /// The most bytes of one event: a beginning holds the state of a whole cluster.
    static let largest = 1 << 40

    /// Writes a frame.
    package static func put(_ event: [UInt8], into bytes: inout EventWriter) {
        bytes.put(UInt64(event.count))
        let sum = checksum(of: event[...])
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.put(byte: UInt8(truncatingIfNeeded: sum >> shift)) }
        bytes.append(event)
    }

    /// The bytes of an event of this length behind its checksum; `nil` where that is another one or bytes are missing.
    static func content(of length: Int, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 + length else { return nil }
        let sum = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let content = bytes.dropFirst(4).prefix(length)
        return checksum(of: content) == sum ? content : nil
    }

    static func checksum(of event: ArraySlice<UInt8>) -> UInt32 {
        var checksum = Checksum()
        var (word, count) = (UInt64(0), UInt64(0))
        for byte in event {
            word |= UInt64(byte) << (8 * count)
            count += 1
            guard count == 8 else { continue }
            checksum.add(word)
            (word, count) = (0, 0)
        }
        checksum.add(word)
        checksum.add(UInt64(event.count))
        return UInt32(truncatingIfNeeded: checksum.value >> 32)
    }
}
