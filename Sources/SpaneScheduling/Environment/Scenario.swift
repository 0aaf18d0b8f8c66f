/// What is replayed on what: a trace and the servers that it is placed on, checked to fit each other.
public struct Scenario: Sendable {
    /// The VMs.
    public let trace: Trace
    /// The servers.
    public let fleet: Fleet
    /// What a VM of each of the trace's flavors asks for on these servers.
    public let requests: [Request]
    /// The moves that may make room for a VM that fits nowhere; `nil` for none.
    public let moves: MoveLimits?
    // Of each flavor what a node gives, for the loops that need no more.
    let shares: [NodeShare]

    /// Puts a trace on servers.
    ///
    /// - Throws: `invalidTrace` when a VM of the trace fits on no server even while nothing else runs, or asks for a resource
    ///   that these servers do not have.
    /// - Complexity: O(flavors * server types).
    public init(_ trace: Trace, on fleet: Fleet, moves: MoveLimits? = nil) throws(SchedulingError) {
        try moves?.check()
        self.moves = moves?.moves == 0 ? nil : moves
        self.trace = trace
        self.fleet = fleet
        requests = try fleet.requests(for: trace)
        shares = requests.map(\.share)
        for (index, request) in requests.enumerated() where !fleet.canEverHold(request) {
            throw fleet.refusal(of: index, of: trace, request)
        }
    }

    private init(_ other: Scenario, on fleet: Fleet, moves: MoveLimits?) {
        trace = other.trace
        self.fleet = fleet
        requests = other.requests
        self.moves = moves
        shares = other.shares
    }

    /// The same trace on more or fewer servers in the same proportions; see ``Fleet/scaled(to:)``.
    ///
    /// Of few servers, none may be of the type that some VM needs. Nothing may be played then in which VMs wait, as it would wait
    /// for ever.
    ///
    /// - Throws: `invalidArgument` when the number is not in 1 ... ``Fleet/maximumServers``.
    /// - Complexity: O(servers).
    package func scaled(to servers: Int) throws(SchedulingError) -> Scenario {
        Scenario(self, on: try fleet.scaled(to: servers), moves: moves)
    }

    /// The same trace on the same servers with other moves.
    ///
    /// - Throws: `invalidArgument` when a limit is out of its range.
    package func moving(_ moves: MoveLimits?) throws(SchedulingError) -> Scenario {
        try moves?.check()
        return Scenario(self, on: fleet, moves: moves?.moves == 0 ? nil : moves)
    }

    /// The bytes that an environment takes.
    package var environmentBytes: Int { fleet.environmentBytes(for: trace, moves: moves) }

    /// What a VM of the trace asks for.
    @inline(__always)
    public func request(of vm: Int) -> Request { requests[Int(trace.rows[vm].flavor)] }
}

extension Fleet {
    /// The bytes that an environment of a trace on these servers takes.
    package func environmentBytes(for trace: Trace, moves: MoveLimits?) -> Int {
        // The servers, and the VMs that run.
        ClusterState.bytes(servers: serverCount, layout: layout)
            + mostRunning(of: trace) * MemoryLayout<DepartureQueue.Entry>.stride
            + (moves == nil ? 0 : RoomPlanner.bytes(servers: serverCount, layout: layout))
    }

    /// The most VMs of a trace that can run at once: all of it, or as many of its smallest as all servers hold.
    package func mostRunning(of trace: Trace) -> Int {
        var sum = Resources(cpu: 0, mem: 0)
        for (type, count) in zip(types, counts) {
            for node in type.nodes {
                sum.cpu += Double(count) * node[0]
                sum.mem += Double(count) * node[1]
            }
        }
        // Shares of several nodes may be rounded down by a part in a million.
        let slack = 1.000_002
        let leastCPU = trace.flavors.map(\.cpu).min() ?? 1
        let leastMem = trace.flavors.map(\.mem).min() ?? 1
        return Int(min(Double(trace.count), slack * sum.cpu / leastCPU, slack * sum.mem / leastMem)) + 1
    }

    /// What the flavors of a trace ask for on these servers.
    fileprivate func requests(for trace: Trace) throws(SchedulingError) -> [Request] {
        let names = layout.extraResources
        var places: [Int] = []
        for name in trace.resources {
            guard let place = names.firstIndex(of: name) else {
                throw SchedulingError(
                    .invalidTrace,
                    "the trace asks for \(name); the servers have \((["cpu", "mem"] + names).joined(separator: ", "))"
                )
            }
            places.append(place)
        }
        return trace.flavors.map { flavor in
            let span = flavor.span > 0 ? flavor.span : spanRule.span(cpu: flavor.cpu, mem: flavor.mem)
            guard !flavor.extras.isEmpty else { return Request(cpu: flavor.cpu, mem: flavor.mem, span: span) }
            var amounts = Array(repeating: 0.0, count: names.count)
            for (place, amount) in zip(places, flavor.extras) { amounts[place] = amount }
            return layout.request(cpu: flavor.cpu, mem: flavor.mem, span: span, extras: amounts)
        }
    }

    fileprivate func refusal(of flavor: Int, of trace: Trace, _ request: Request) -> SchedulingError {
        let index = trace.rows.firstIndex { Int($0.flavor) == flavor } ?? 0
        let place =
            switch request.span {
            case 1: "on one NUMA node"
            case layout.nodes: "split over the NUMA nodes of one server"
            default: "split over \(request.span) NUMA nodes of one server"
            }
        let size = "\(request.cpu) cores and \(request.mem) GB"
        return SchedulingError(
            .invalidTrace,
            "VM \(index) needs \(size)\(request.terms == nil ? "" : " and more")"
                + "\(request.span == 1 ? " " : ", ")\(place); no server is that large"
        )
    }
}
