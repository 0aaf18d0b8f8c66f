internal import SpaneSystem
internal import SpaneScheduling

/// A log-normal lifetime: its logarithm is normal.
public struct LifetimeDistribution: Equatable, Sendable {
    /// Half of the lifetimes are shorter than this, in seconds; above zero.
    public var median: Double
    /// The standard deviation of the natural logarithm of the lifetime; 0 or more.
    public var spread: Double

    /// Creates a distribution from its median in seconds and its spread.
    public init(median: Double, spread: Double) {
        self.median = median
        self.spread = spread
    }

    /// A lifetime in whole seconds, at least 1 and at most ``longest``.
    ///
    /// - Parameters:
    ///   - shared: a standard normal number that the VMs of one campaign have in common.
    ///   - share: the part of the variance that comes from `shared`, 0 ... 1.
    ///   - generator: the source of the part that is the VM's own.
    func sample(shared: Double, share: Double, using generator: inout Xoshiro256StarStar) -> Double {
        let deviate = share.squareRoot() * shared + (1 - share).squareRoot() * generator.normal()
        return min(max((median * exp(spread * deviate)).rounded(), 1), Self.longest)
    }

    /// The longest lifetime that is ever drawn, in seconds (about 29 days).
    static let longest = 2_500_000.0
}
