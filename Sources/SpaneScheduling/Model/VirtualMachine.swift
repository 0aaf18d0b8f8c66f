/// One row of a trace: a VM, what it asks for, when it arrives and how long it runs once placed.
public struct VirtualMachine: Equatable, Sendable {
    /// The identifier that the trace gives it.
    public var id: Int64
    /// Cores, above zero.
    public var cpu: Double
    /// Memory in GB, above zero.
    public var mem: Double
    /// Arrival time in seconds since the start of the trace's clock.
    public var arrival: Double
    /// Time in seconds from its placement to its end.
    public var lifetime: Double
    /// Over how many NUMA nodes it is spread, 1 ... 8; 0 for what the cluster's rule says.
    public var span: Int
    /// What it asks for beside cores and memory, in the order of ``Trace/resources``; empty for nothing.
    public var extras: [Double]

    /// Creates a VM from cores, GB and seconds.
    public init(
        id: Int64,
        cpu: Double,
        mem: Double,
        arrival: Double,
        lifetime: Double,
        span: Int = 0,
        extras: [Double] = []
    ) {
        self.id = id
        self.cpu = cpu
        self.mem = mem
        self.arrival = arrival
        self.lifetime = lifetime
        self.span = span
        self.extras = extras
    }
}
