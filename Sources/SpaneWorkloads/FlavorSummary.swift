public import SpaneScheduling

/// The VMs of one size in a trace.
public struct FlavorSummary: Equatable, Sendable {
    /// The cores and GB of each.
    public var size: Resources
    /// How many there are.
    public var count: Int
    /// Their share of all VMs, 0 ... 1.
    public var share: Double
    /// How long they run, in seconds.
    public var lifetimes: LifetimeQuantiles
}
