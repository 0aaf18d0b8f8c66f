internal import SpaneSystem
public import SpaneScheduling

/// How much more or less often than in a trace each of its sizes is asked for.
///
/// Training on several mixes keeps a policy from relying on how frequent, for example, the largest VMs were in one stretch
/// of one trace.
public struct FlavorMix: Equatable, Sendable {
    /// One factor for each of ``SpaneScheduling/Trace/flavors``, in their order; only their ratios matter.
    public let factors: [Double]

    /// The largest factor.
    public static let largestFactor: Double = 4096
    /// The largest strength of random factors.
    public static let largestStrength: Double = 3

    /// Takes the factors as they are, rounded to multiples of 2⁻²⁰.
    ///
    /// - Parameter factors: each 0 (the size vanishes where others are near) ... ``largestFactor``.
    /// - Throws: `invalidArgument` naming the factor that is out of range.
    public init(factors: [Double]) throws(SchedulingError) {
        for (index, factor) in factors.enumerated() where !(factor >= 0 && factor <= Self.largestFactor) {
            throw SchedulingError(
                .invalidArgument,
                "factor \(index) is \(factor); it must be in 0 ... \(Self.largestFactor)"
            )
        }
        self.factors = factors.map { ($0 * Self.steps).rounded() / Self.steps }
    }

    /// Draws log-normal factors: the exponential of `strength` times a standard normal number for each size.
    ///
    /// - Parameters:
    ///   - trace: whose sizes the factors are for.
    ///   - strength: 0 (every factor is 1) ... ``largestStrength``.
    ///   - seed: selects one of the possible mixes.
    /// - Throws: `invalidArgument` when the strength is out of range.
    public init(for trace: Trace, strength: Double, seed: UInt64) throws(SchedulingError) {
        guard strength >= 0, strength <= Self.largestStrength else {
            throw SchedulingError(
                .invalidArgument,
                "the strength of a mix is \(strength); it must be in 0 ... \(Self.largestStrength)"
            )
        }
        var generator = Xoshiro256StarStar(seed: seed)
        try self.init(
            factors: trace.flavors.map { _ in
                min(max(exp(strength * generator.normal()), 1 / Self.steps), Self.largestFactor)
            }
        )
    }

    static let steps: Double = 1_048_576

    /// The factors as multiples of 2⁻²⁰, so that sums of them are exact.
    var weights: [Int] { factors.map { Int($0 * Self.steps) } }
}
