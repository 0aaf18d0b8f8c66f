internal import CSpaneHash
internal import SpaneBuffers

/// The SHA-256 hash (FIPS 180-4), so that a content hash can be checked with any tool.
package struct SHA256: ~Copyable {
    private let state = FlatBuffer<UInt32>([
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ])
    // The bytes under way.
    private let bytes = FlatBuffer<UInt8>(repeating: 0, count: size)
    private var filled = 0
    private var byteCount = 0

    private static let block = 64
    private static let size = 64 * block

    package init() {}

    /// Adds one byte.
    package mutating func update(byte: UInt8) {
        bytes[filled] = byte
        advance(by: 1)
    }

    /// Adds the bytes of a number, least significant first.
    @inline(__always)
    package mutating func update(word: UInt64) {
        guard filled <= Self.size - 8 else {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                update(byte: UInt8(truncatingIfNeeded: word >> shift))
            }
            return
        }
        unsafe UnsafeMutableRawPointer(bytes.base + filled)
            .storeBytes(of: word.littleEndian, as: UInt64.self)
        advance(by: 8)
    }

    /// The hash of a text as UTF-8, in lower-case hexadecimal.
    package static func hexadecimal(of text: String) -> String {
        var hash = SHA256()
        for byte in text.utf8 { hash.update(byte: byte) }
        return hash.hexadecimal()
    }

    /// The hash in lower-case hexadecimal.
    package consuming func hexadecimal() -> String {
        let bits = UInt64(byteCount) * 8
        update(byte: 0x80)
        while byteCount % Self.block != 56 { update(byte: 0) }
        update(word: bits.byteSwapped)
        compress()
        let digits = Array("0123456789abcdef")
        var text = ""
        for index in 0..<state.count {
            for shift in stride(from: UInt32(28), through: 0, by: -4) {
                text.append(digits[Int(state[index] >> shift & 15)])
            }
        }
        return text
    }

    @inline(__always)
    private mutating func advance(by count: Int) {
        filled += count
        byteCount += count
        if filled == Self.size { compress() }
    }

    /// Takes in the whole blocks that are there.
    private mutating func compress() {
        unsafe hash_sha256(state.base, bytes.base, filled / Self.block)
        filled = 0
    }
}
