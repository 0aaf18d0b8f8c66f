public import SpaneScheduling

/// The VMs of one size in a trace.
public struct FlavorSummary: Equatable, Sendable {
    /// The cores and GB of each.
    public var size: Resources
    /// Over how many NUMA nodes each is spread, or 0 for what the cluster's rule says.
    public var span: Int
    /// What each asks for beside cores and GB, in the order of the trace's resources; empty for nothing.
    public var extras: [Double]
    /// How many there are.
    public var count: Int
    /// Their share of all VMs, 0 ... 1.
    public var share: Double
    /// How long they run, in seconds.
    public var lifetimes: LifetimeQuantiles
}
