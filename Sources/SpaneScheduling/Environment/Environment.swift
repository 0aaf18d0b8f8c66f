/// VMs arrive in a queue and are placed strictly in order; one that fits nowhere waits, and all behind it wait too.
///
/// The dynamic VM allocation problem of SPANE (section III), replayed from a trace. The clock only stops at decisions:
/// after a placement it moves on to the moment at which the next VM can start.
///
///     var environment = try Environment(trace: trace, fleet: Fleet(servers: 5))
///     try environment.reset(start: 0, until: .length(1000))
///     while !environment.isFinished {
///         let action = environment.cluster.firstAvailable(for: environment.request)
///         try environment.step(action!)
///     }
///
/// All storage is made once; resetting and stepping do not allocate.
public struct Environment: ~Copyable, Sendable {
    /// What is replayed on what.
    public let scenario: Scenario
    /// What a step is worth.
    public let reward: Reward
    /// What the servers have left. For the VM at the head at least one placement is available until the episode ends.
    public internal(set) var cluster: ClusterState
    /// The time in seconds.
    public internal(set) var clock = 0.0
    /// The index in the trace of the VM at the head of the queue.
    public internal(set) var head = 0
    /// The VMs placed since the reset.
    public internal(set) var placedCount = 0
    /// The sum of their waits in seconds.
    public internal(set) var totalWait = 0.0
    /// Whether the episode has ended (or none was started).
    public internal(set) var isFinished = true

    // Parts of the scenario, which the loop of steps would copy whole to reach them.
    let rows: [Trace.Row]
    let requests: [Request]
    let shares: [NodeShare]

    package internal(set) var departures: DepartureQueue
    /// The moves that made room since the reset.
    public internal(set) var moved = MoveCount()
    package let planner: RoomPlanner?
    // Never automatic: that is a length when an episode begins.
    var end = EpisodeEnd.length(0)
    var placedSinceExceeding = 0
    var balance = 0.0
    // The first placement with room for the VM at the head, once a step has looked for it.
    var first = Placement(rawValue: 0)

    /// Prepares to replay `trace` on an empty cluster. Call ``reset(start:until:)`` next.
    ///
    /// - Throws: `invalidTrace` when a VM of the trace fits on no server even while nothing else runs; `invalidArgument`
    ///   when the balance weight is not finite.
    /// - Complexity: O(servers * flavors), plus storage for the most VMs that can run at once.
    public init(
        trace: Trace,
        fleet: Fleet,
        reward: Reward = .logWait
    ) throws(SchedulingError) {
        try self.init(Scenario(trace, on: fleet), reward: reward)
    }

    /// Prepares to replay a scenario, beginning with empty servers. Call ``reset(start:until:)`` next.
    ///
    /// - Throws: `invalidArgument` when the balance weight is not finite.
    /// - Complexity: O(servers), plus storage for the most VMs that can run at once.
    public init(_ scenario: Scenario, reward: Reward = .logWait) throws(SchedulingError) {
        if case .balance(let weight) = reward, !weight.isFinite {
            throw SchedulingError(.invalidArgument, "the balance weight is \(weight); it must be finite")
        }
        self.scenario = scenario
        self.reward = reward
        rows = scenario.trace.rows
        requests = scenario.requests
        shares = scenario.shares
        cluster = ClusterState(scenario.fleet)
        planner = if let moves = scenario.moves { RoomPlanner(for: cluster, moves) } else { nil }
        departures = DepartureQueue(
            capacity: scenario.fleet.mostRunning(of: scenario.trace)
        )
    }

    private init(copying other: borrowing Environment) {
        scenario = other.scenario
        reward = other.reward
        rows = other.rows
        requests = other.requests
        shares = other.shares
        cluster = other.cluster.copy()
        clock = other.clock
        head = other.head
        placedCount = other.placedCount
        totalWait = other.totalWait
        isFinished = other.isFinished
        departures = other.departures.copy()
        moved = other.moved
        planner = if let planner = other.planner { RoomPlanner(for: cluster, planner.limits) } else { nil }
        end = other.end
        placedSinceExceeding = other.placedSinceExceeding
        balance = other.balance
        first = other.first
    }

    /// An independent environment in the same state.
    public func copy() -> Environment { Environment(copying: self) }

    /// The trace that is replayed.
    public var trace: Trace { scenario.trace }
    /// The servers.
    public var fleet: Fleet { scenario.fleet }

    /// What the VM at the head asks for.
    @inline(__always)
    public var request: Request { requests[Int(rows[head].flavor)] }

    /// The number of VMs that run.
    public var runningCount: Int { departures.count }

    /// Starts an episode at the VM with index `start`: empty cluster, clock at its arrival.
    ///
    /// - Parameters:
    ///   - start: 0 ..< trace.count - 1; the last VM is never placed.
    ///   - end: when the episode ends; its number is at least 1, and a length stays below trace.count - 1 - start. An
    ///     automatic length that does not runs to the end of the trace.
    /// - Throws: `invalidArgument`; the episode under way is untouched then.
    /// - Complexity: O(servers), and O(length * servers) for an automatic length, which First Fit finds.
    public mutating func reset(start: Int, until end: EpisodeEnd) throws(SchedulingError) {
        try trace.check(start: start, until: end)
        if end == .automatic {
            let length = try length(from: start, until: end)
            self.end = length < trace.count - 1 - start ? .length(length) : .exceed(.max)
        } else {
            self.end = end
        }
        cluster.removeAll()
        departures.removeAll()
        placedCount = 0
        placedSinceExceeding = 0
        totalWait = 0
        moved = MoveCount()
        balance = 0
        head = start
        clock = trace.rows[start].arrival
        isFinished = false
    }
}

extension Trace {
    /// Refuses a start or an end that the trace cannot serve.
    package func check(start: Int, until end: EpisodeEnd) throws(SchedulingError) {
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
        case .automatic: break
        }
    }
}
