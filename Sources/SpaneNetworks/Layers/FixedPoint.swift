/// A grid on which sums of floats do not depend on the order of the summands.
///
/// Floating-point addition is not associative, so a sum over servers that is kept up to date would drift from a fresh
/// one, and a permutation of servers would change its last bits. Each summand is rounded once to a multiple of a power
/// of two, and integers add exactly.
struct FixedPoint: Sendable {
    /// Steps per unit, a power of two.
    let scale: Double
    let inverse: Double

    /// The finest grid on which `count` summands of at most `bound` in magnitude cannot overflow 63 bits, nor the
    /// squares of their sums 127 bits.
    ///
    /// - Throws: ``NetworkError`` when `bound` leaves fewer than 16 bits behind the binary point.
    init(bound: Double, count: Int, name: String) throws(NetworkError) {
        // |q| < 2^43 and count <= 2^19 keep count * Σq² below 2^126.
        let magnitude = Self.bits(bound)
        let fraction = min(43 - magnitude, 61 - magnitude - Self.bits(Double(count)), 40)
        guard bound.isFinite, fraction >= 16 else {
            throw NetworkError("\(name) can reach \(bound) with these weights; sums over servers allow at most 2^27")
        }
        scale = Double(sign: .plus, exponent: fraction, significand: 1)
        inverse = 1 / scale
    }

    /// The nearest grid point, counted in steps; ties go to the even one.
    @inline(__always)
    func steps(_ value: Float) -> Int64 {
        // Adding 1.5 * 2^52 rounds a number below 2^51 to an integer in the low bits of the sum: no call, no branch.
        // The bound keeps the product below 2^43.
        let shifted = Double(value) * scale + Self.rounder
        return Int64(bitPattern: shifted.bitPattern &- Self.rounder.bitPattern)
    }

    private static var rounder: Double { 0x1.8p52 }

    private static func bits(_ value: Double) -> Int { value <= 1 ? 0 : value.exponent + 1 }
}
