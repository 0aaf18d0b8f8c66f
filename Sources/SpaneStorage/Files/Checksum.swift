/// A checksum that no change of one word leaves as it was: every step can be undone.
struct Checksum {
    private(set) var value: UInt64 = 0x5350_414E_4500_0001

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }
}
