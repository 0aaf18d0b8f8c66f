internal import SpaneScheduling

/// A grid on which sums of floats do not depend on the order of the summands.
///
/// Floating-point addition is not associative, so a sum over servers that is kept up to date would drift from a fresh
/// one, and a permutation of servers would change its last bits. Each summand is rounded once to a multiple of a power
/// of two, and integers add exactly.
struct FixedPoint: Sendable {
    /// Steps per unit, a power of two.
    let scale: Double
    let inverse: Double

    /// The finest grid on which no sum over the servers of a cluster can overflow 63 bits, nor its square 127 bits.
    ///
    /// It has 2⁴² steps below `bound`, and at least 2²⁰ steps per unit: the bound of a deep network is far above what its
    /// values ever reach. A value past 2⁴² steps, in such a network only, counts as 2⁴² steps.
    ///
    /// - Parameters:
    ///   - bound: the largest magnitude of a summand.
    ///   - name: what the summands are, for the message.
    /// - Throws: ``NetworkError`` when `bound` is near the end of the range of a float.
    init(bound: Double, name: String) throws(NetworkError) {
        guard bound < 0x1p100 else {
            throw NetworkError("\(name) can reach \(bound) with these weights; at most 2^100 is allowed")
        }
        // Summands of at most 2^42, at most 2^20 of them: sums up to 2^62, and n Σq² up to 2^124.
        assert(Fleet.maximumServers * NUMATopology.nodesPerServer <= 1 << 20)
        let fraction = max(20, min(42 - (bound <= 1 ? 0 : Int(bound.exponent) + 1), 40))
        scale = Double(sign: .plus, exponent: fraction, significand: 1)
        inverse = 1 / scale
    }

    /// The nearest grid point, counted in steps; ties go to the even one.
    @inline(__always)
    func steps(_ value: Float) -> Int64 {
        // Adding 1.5 * 2^52 rounds a number below 2^51 to an integer in the low bits of the sum: no call, no branch.
        let product = min(max(Double(value) * scale, -Self.most), Self.most)
        return Int64(bitPattern: (product + Self.rounder).bitPattern &- Self.rounder.bitPattern)
    }

    private static var rounder: Double { 0x1.8p52 }
    private static var most: Double { 0x1p42 }
}
