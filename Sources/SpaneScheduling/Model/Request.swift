/// What the VM at the head of the queue asks of one server.
public struct Request: Equatable, Sendable {
    /// Cores in all.
    public let cpu: Double
    /// Memory in GB in all.
    public let mem: Double
    /// Whether the VM is split evenly over all NUMA nodes of its server; otherwise it lives on one node.
    public let isSplit: Bool

    /// What it takes from each NUMA node that it uses.
    @usableFromInline let perNode: Resources

    /// Creates a request of `cpu` cores and `mem` GB that is split or not.
    @inlinable
    public init(cpu: Double, mem: Double, isSplit: Bool) {
        self.cpu = cpu
        self.mem = mem
        self.isSplit = isSplit
        let share = isSplit ? 1 / Double(NUMATopology.nodesPerServer) : 1
        perNode = Resources(cpu: cpu * share, mem: mem * share)
    }

    /// What the request takes from each NUMA node that it uses.
    @inlinable
    public var demandPerNode: Resources { perNode }
}
