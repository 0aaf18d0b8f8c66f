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

    /// Creates a VM from cores, GB and seconds.
    @inlinable
    public init(id: Int64, cpu: Double, mem: Double, arrival: Double, lifetime: Double) {
        self.id = id
        self.cpu = cpu
        self.mem = mem
        self.arrival = arrival
        self.lifetime = lifetime
    }
}
