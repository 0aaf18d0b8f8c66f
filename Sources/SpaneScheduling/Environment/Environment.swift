/// VMs arrive in a queue and are placed strictly in order; one that fits nowhere waits, and all behind it wait too.
///
/// The dynamic VM allocation problem of SPANE (section III), replayed from a trace. The clock only stops at decisions:
/// after a placement it moves on to the moment at which the next VM can start.
///
///     var environment = try Environment(trace: trace, configuration: ClusterConfiguration(servers: 5))
///     try environment.reset(start: 0, until: .length(1000))
///     while !environment.isFinished {
///         let action = environment.cluster.firstAvailable(for: environment.request)
///         try environment.step(action!)
///     }
///
/// All storage is made once; resetting and stepping do not allocate.
public struct Environment: ~Copyable, Sendable {
    /// The trace that is replayed.
    public let trace: Trace
    /// The servers and the split rule.
    public let configuration: ClusterConfiguration
    /// What a step is worth.
    public let reward: Reward
    /// What the servers have left. For the VM at the head at least one action is available until the episode ends.
    public internal(set) var cluster: Cluster
    /// The time in seconds.
    public internal(set) var clock = 0.0
    /// The index in the trace of the VM at the head of the queue.
    public internal(set) var head = 0
    /// What the VM at the head asks for.
    public internal(set) var request: Request
    /// The VMs placed since the reset.
    public internal(set) var placedCount = 0
    /// The sum of their waits in seconds.
    public internal(set) var totalWait = 0.0
    /// Whether the episode has ended (or none was started).
    public internal(set) var isFinished = true

    package internal(set) var departures: DepartureQueue
    var end = EpisodeEnd.length(0)
    var placedSinceExceeding = 0
    var balance = 0.0

    /// Prepares to replay `trace` on an empty cluster. Call ``reset(start:until:)`` next.
    ///
    /// - Throws: `invalidTrace` when a VM of the trace fits on no server even while nothing else runs; `invalidArgument`
    ///   when the balance weight is not finite.
    /// - Complexity: O(servers + flavors), plus storage for the most VMs that can run at once.
    public init(
        trace: Trace,
        configuration: ClusterConfiguration,
        reward: Reward = .logWait
    ) throws(SchedulingError) {
        if case .balance(let weight) = reward, !weight.isFinite {
            throw SchedulingError(.invalidArgument, "the balance weight is \(weight); it must be finite")
        }
        try configuration.check(fits: trace)
        self.trace = trace
        self.configuration = configuration
        self.reward = reward
        cluster = Cluster(configuration)
        request = configuration.request(for: trace.vms[0])
        departures = DepartureQueue(capacity: configuration.mostRunning(of: trace))
    }

    private init(copying other: borrowing Environment) {
        trace = other.trace
        configuration = other.configuration
        reward = other.reward
        cluster = other.cluster.copy()
        clock = other.clock
        head = other.head
        request = other.request
        placedCount = other.placedCount
        totalWait = other.totalWait
        isFinished = other.isFinished
        departures = other.departures.copy()
        end = other.end
        placedSinceExceeding = other.placedSinceExceeding
        balance = other.balance
    }

    /// An independent environment in the same state.
    public func copy() -> Environment { Environment(copying: self) }

    /// The number of VMs that run.
    public var runningCount: Int { departures.count }

    /// Starts an episode at the VM with index `start`: empty cluster, clock at its arrival.
    ///
    /// - Parameters:
    ///   - start: 0 ..< trace.count - 1; the last VM is never placed.
    ///   - end: when the episode ends; its number is at least 1, and a length stays below trace.count - 1 - start.
    /// - Throws: `invalidArgument`; the episode under way is untouched then.
    /// - Complexity: O(servers).
    public mutating func reset(start: Int, until end: EpisodeEnd) throws(SchedulingError) {
        try trace.check(start: start, until: end)
        self.end = end
        cluster.removeAll()
        departures.removeAll()
        placedCount = 0
        placedSinceExceeding = 0
        totalWait = 0
        balance = 0
        head = start
        clock = trace.vms[start].arrival
        request = configuration.request(for: trace.vms[start])
        isFinished = false
    }
}

extension Trace {
    /// Refuses a start or an end that the trace cannot serve.
    func check(start: Int, until end: EpisodeEnd) throws(SchedulingError) {
        guard start >= 0, start < count - 1 else {
            throw SchedulingError(.invalidArgument, "start is \(start); this trace allows 0 ... \(count - 2)")
        }
        switch end {
        case .length(let length):
            guard length >= 1, length < count - 1 - start else {
                throw SchedulingError(
                    .invalidArgument,
                    "length is \(length); from start \(start) this trace allows 1 ... \(count - 2 - start)"
                )
            }
        case .exceed(let limit):
            guard limit >= 1 else {
                throw SchedulingError(.invalidArgument, "exceed is \(limit); it must be at least 1")
            }
        }
    }
}

extension ClusterConfiguration {
    /// Refuses a trace with a VM that could never be placed.
    public func check(fits trace: Trace) throws(SchedulingError) {
        var largest = LargestNodes()
        largest.add(nodeCapacities)
        for flavor in trace.flavors {
            let request = request(cpu: flavor.cpu, mem: flavor.mem)
            guard largest.canHold(request.demandPerNode) else {
                let index = trace.vms.firstIndex { $0.cpu == flavor.cpu && $0.mem == flavor.mem } ?? 0
                throw SchedulingError(
                    .invalidTrace,
                    "VM \(index) needs \(flavor.cpu) cores and \(flavor.mem) GB"
                        + (request.isSplit ? ", split over the NUMA nodes of one server" : " on one NUMA node")
                        + "; no server is that large"
                )
            }
        }
    }

    /// The bytes that an environment of a trace on these servers takes.
    package func environmentBytes(for trace: Trace) -> Int {
        // What the servers have left and can hold, their part of the journal, and the VMs that run.
        4096 + serverCount * 128 + mostRunning(of: trace) * MemoryLayout<DepartureQueue.Entry>.stride
    }

    /// The most VMs of a trace that can run at once: all of it, or as many of its smallest as all servers hold.
    package func mostRunning(of trace: Trace) -> Int {
        let nodes = Double(NUMATopology.nodesPerServer)
        let cpu = nodes * nodeCapacities.reduce(0) { $0 + $1.cpu }
        let mem = nodes * nodeCapacities.reduce(0) { $0 + $1.mem }
        let leastCPU = trace.flavors.map(\.cpu).min() ?? 1
        let leastMem = trace.flavors.map(\.mem).min() ?? 1
        return Int(min(Double(trace.count), cpu / leastCPU, mem / leastMem)) + 1
    }
}
