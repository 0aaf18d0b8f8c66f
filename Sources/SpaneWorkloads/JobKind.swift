/// One kind of VM demand: a size, how often it is asked for, how long it runs and whether it comes alone or in campaigns.
public struct JobKind: Equatable, Sendable {
    /// Cores of each VM, above zero.
    public var cpu: Double
    /// Memory of each VM in GB, above zero.
    public var mem: Double
    /// The mean number of VMs a day in each phase of the workload; the last number holds for any later phase.
    public var perDay: [Double]
    /// How long a VM runs.
    public var lifetime: LifetimeDistribution
    /// How the VMs arrive.
    public var pattern: ArrivalPattern

    /// Creates a kind from cores, GB, VMs a day per phase, lifetime and pattern.
    public init(cpu: Double, mem: Double, perDay: [Double], lifetime: LifetimeDistribution, pattern: ArrivalPattern) {
        self.cpu = cpu
        self.mem = mem
        self.perDay = perDay
        self.lifetime = lifetime
        self.pattern = pattern
    }

    /// VMs a day in a phase, counted from 0.
    func perDay(inPhase phase: Int) -> Double {
        perDay.isEmpty ? 0 : perDay[min(phase, perDay.count - 1)]
    }
}
