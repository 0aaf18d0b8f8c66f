/// The generator of every random choice: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64.
///
/// The same seed gives the same numbers on every machine.
public struct Xoshiro256StarStar: RandomNumberGenerator, Equatable, Sendable {
    /// The four words of state.
    public private(set) var state: (UInt64, UInt64, UInt64, UInt64)

    /// Fills the state with four SplitMix64 outputs of `seed`.
    public init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// A generator for one of many independent streams: both numbers are mixed into the seed.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix64(state: stream)
        self.init(seed: seed ^ mixer.next())
    }

    /// The number of words of ``words``.
    public static let wordCount = 4

    /// The state as words, to be kept and restored.
    public var words: [UInt64] { [state.0, state.1, state.2, state.3] }

    /// The generator with this state; `nil` unless there are ``wordCount`` words, not all of them zero.
    public init?(words: [UInt64]) {
        guard words.count == Self.wordCount else { return nil }
        self.init(state: (words[0], words[1], words[2], words[3]))
    }

    /// A generator that goes on where another one stood; `nil` for the state of zeros, which gives nothing but zeros.
    package init?(state: (UInt64, UInt64, UInt64, UInt64)) {
        guard state != (0, 0, 0, 0) else { return nil }
        self.state = state
    }

    /// 64 uniform bits.
    public mutating func next() -> UInt64 {
        let result = rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, by: 45)
        return result
    }

    /// A uniform `Double` in [0, 1) with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A uniform integer in 0 ..< `bound`, without bias (Lemire, 2019).
    ///
    /// - Parameter bound: above zero.
    public mutating func below(_ bound: Int) -> Int {
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Two generators are equal when they will give the same numbers.
    public static func == (left: Self, right: Self) -> Bool { left.state == right.state }

    private func rotate(_ word: UInt64, by count: UInt64) -> UInt64 { (word << count) | (word >> (64 - count)) }
}

/// Spreads a small seed over 64 bits (Steele, Lea and Flood, 2014).
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
