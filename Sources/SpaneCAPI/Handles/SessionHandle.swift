internal import CSpaneHeader
internal import SpaneHost
internal import SpaneNetworks
internal import SpaneScheduling

/// What a `spane_session` stands for: a policy bound to a cluster or to an environment, which it keeps alive.
final class SessionHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4553_6573
    static var name: StaticString { "spane_session" }

    /// Whose servers the policy decides about.
    enum Place {
        case cluster(ClusterHandle)
        case environment(EnvironmentHandle)

        var gate: Gate {
            switch self {
            case .cluster(let cluster): cluster.gate
            case .environment(let environment): environment.gate
            }
        }
    }

    let gate = Gate("session")
    let place: Place
    // Used inside the gate only.
    private var policy: any Policy
    private let network: (any ScoringPolicy)?
    private let model: Model?
    // What the network was last fit to.
    private var servers = 0
    // The servers among which none was found that the network is not made for; nil once that was told.
    private var suitable: Int? = 0
    private var scratch: [Float] = []
    // The places of the candidates of this call.
    private var selected: [Int32] = []
    // For each place the last list of candidates that named it, by which a server that is named twice is found.
    private var listNaming: [UInt32] = []
    private var lists: UInt32 = 0
    private var ranking = Ranking()
    // The last episode of the environment that the policy was told of.
    private var episode: UInt64 = 0

    init(_ place: Place, _ heuristic: Heuristic) {
        self.place = place
        policy = heuristic.makePolicy()
        network = nil
        model = nil
    }

    /// - Throws: as ``SpaneNetworks/Model/makeSession(on:)``, or `SPANE_OUT_OF_MEMORY`.
    init(_ place: Place, _ model: Model, on cluster: borrowing ClusterState) throws {
        self.place = place
        self.model = model
        servers = cluster.serverCount
        try Memory.check(
            bytes: model.architecture.sessionBytes(servers: servers, nodes: cluster.layout.nodes),
            for: "a session on \(servers) servers"
        )
        let network = try model.makeSession(on: cluster)
        policy = network
        self.network = network
    }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> SessionHandle {
        try unsafe Handle.object(handle, SessionHandle.self, "session")
    }

    // MARK: With both gates entered

    /// Calls `body` with the servers that the policy decides about.
    @inline(__always)
    func withCluster<Result>(_ body: (borrowing ClusterState) throws -> Result) rethrows -> Result {
        switch place {
        case .cluster(let handle): try body(handle.cluster.state)
        case .environment(let handle): try body(handle.environment.cluster)
        }
    }

    @inline(__always)
    func request(_ request: UnsafePointer<spane_request>?) throws -> Request {
        try withCluster { try unsafe $0.request(request) }
    }

    /// A request of a list.
    func request(_ index: Int, of first: UnsafePointer<spane_request>) throws -> Request {
        try withCluster { try unsafe $0.request(index, of: first) }
    }

    /// What C is told of a placement in the cluster.
    @inline(__always)
    func outside(_ placement: Placement) -> spane_placement {
        switch place {
        case .cluster(let handle): spane_placement(handle.cluster.outside(placement))
        case .environment: spane_placement(placement)
        }
    }

    // MARK: Candidates

    /// Notes the candidates of a call.
    ///
    /// - Parameter isEachOnce: whether a server that is named twice is refused.
    /// - Returns: whether there are any; otherwise all servers are.
    func select(_ servers: UnsafePointer<Int32>?, _ count: Int, isEachOnce: Bool = true) throws -> Bool {
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        guard unsafe count > 0 || servers != nil else { return false }
        let servers = try unsafe elements(servers, count, "servers")
        if count > selected.capacity { try Memory.check(bytes: 4 * count, for: "\(count) candidates") }
        selected.removeAll(keepingCapacity: true)
        try startList()
        for index in 0..<count {
            let place: Int
            do {
                place = try unsafe inside(Int(servers[index]))
            } catch {
                throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
            }
            guard !isEachOnce || listNaming[place] != lists else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "servers[\(index)]: server \(unsafe servers[index]) is named twice; each candidate must be named once"
                )
            }
            listNaming[place] = lists
            selected.append(Int32(truncatingIfNeeded: place))
        }
        return true
    }

    private func startList() throws {
        let count = withCluster { $0.serverCount }
        if listNaming.count < count || lists == .max {
            try Memory.check(bytes: 4 * count, for: "a note for each of \(count) servers")
            listNaming = Array(repeating: 0, count: count)
            lists = 0
        }
        lists += 1
    }

    private func inside(_ server: Int) throws(SchedulingError) -> Int {
        switch place {
        case .cluster(let handle): return try handle.cluster.place(of: server)
        case .environment(let handle):
            try handle.environment.cluster.check(server)
            return server
        }
    }

    /// Calls `body` with the candidates noted, or with `nil`.
    func withSelected<Result>(_ isLimited: Bool, _ body: (Span<Int32>?) throws -> Result) rethrows -> Result {
        guard isLimited else { return try body(nil) }
        let candidates = selected
        return try body(candidates.span)
    }

    /// The best placement on the candidates noted.
    func chooseAmongSelected(_ request: Request) throws -> Placement? {
        if case .environment(let environment) = place { follow(environment) }
        guard !selected.isEmpty else { return nil }
        // By its scores, ties to the candidate that stands first; a potential knows many of them already.
        if let model, !model.architecture.isPotential {
            return try best(1, for: request, amongSelected: true).first?.placement
        }
        return try withCluster { cluster in
            try adapt(to: cluster)
            let candidates = selected
            return policy.placement(for: request, on: cluster, among: candidates.span)
        }
    }

    /// The best placement, or `nil` where there is no room.
    func choose(_ request: Request) throws -> Placement? {
        if case .environment(let environment) = place { follow(environment) }
        return try withCluster { cluster in
            guard cluster.serverCount > 0 else { return nil }
            try adapt(to: cluster)
            return policy.placement(for: request, on: cluster)
        }
    }

    /// The action that the policy takes in the environment that it is bound to.
    func decide(in environment: EnvironmentHandle) throws -> Action? {
        follow(environment)
        return try withCluster { cluster in
            try adapt(to: cluster)
            return policy.action(for: environment.environment.request, on: cluster)
        }
    }

    /// Why there is no placement: no server has room now, or none could hold the request even if it were empty. Asked only
    /// after nothing was found.
    @inline(never)
    func refusal(of request: Request) -> spane_status {
        // A cluster without servers says nothing of those that it will have.
        withCluster { $0.serverCount == 0 || $0.canEverHold(request) ? SPANE_NO_ROOM : SPANE_NEVER_FITS }
    }

    /// Calls `body` with the network, fit to the servers, and the servers.
    func withNetwork<Result>(
        _ body: (any ScoringPolicy, borrowing ClusterState) throws -> Result
    ) throws -> Result {
        guard let network else {
            throw Failure(
                SPANE_UNSUPPORTED,
                "the session has a heuristic, which does not score; use a network, or spane_session_top"
            )
        }
        return try withCluster { cluster in
            try adapt(to: cluster)
            return try body(network, cluster)
        }
    }

    /// The `limit` best placements with room on all servers or on the candidates noted, best first.
    func best(_ limit: Int, for request: Request, amongSelected isLimited: Bool) throws -> [Ranking.Entry] {
        guard network != nil else { return try bestByTurns(limit, for: request, amongSelected: isLimited) }
        return try withNetwork { network, cluster in
            let count = (isLimited ? selected.count : cluster.serverCount) * cluster.layout.placementsPerServer
            let entries = min(limit, count)
            if scratch.count < count || entries > ranking.capacity {
                try Memory.check(
                    bytes: count * MemoryLayout<Float>.stride + entries * MemoryLayout<Ranking.Entry>.stride,
                    for: "the scores of \(count) placements"
                )
            }
            if scratch.count < count { scratch = Array(repeating: 0, count: count) }
            withSelected(isLimited) { servers in
                var span = scratch.mutableSpan
                network.writeAdvantages(for: request, on: cluster, servers: servers, into: &span)
                ranking.list(limit, on: cluster, among: servers, for: request, by: scratch)
            }
            return ranking.entries
        }
    }

    /// The choice of a heuristic, then its choice among the other servers, and so on.
    private func bestByTurns(
        _ limit: Int,
        for request: Request,
        amongSelected isLimited: Bool
    ) throws -> [Ranking.Entry] {
        if case .environment(let environment) = place { follow(environment) }
        return try withCluster { cluster in
            // Taken out while it changes, so that it is not copied.
            var candidates = selected
            selected = []
            defer { selected = candidates }
            if !isLimited {
                let count = cluster.serverCount
                if count > candidates.capacity { try Memory.check(bytes: 4 * count, for: "a list of all servers") }
                candidates.removeAll(keepingCapacity: true)
                for server in 0..<count { candidates.append(Int32(truncatingIfNeeded: server)) }
            }
            // A list is no decision that a policy remembers.
            var policy = policy
            ranking.start()
            while ranking.entries.count < limit, !candidates.isEmpty {
                guard let chosen = policy.placement(for: request, on: cluster, among: candidates.span) else { break }
                ranking.append(chosen)
                candidates.removeAll { Int($0) == chosen.server }
            }
            return ranking.entries
        }
    }

    /// Lets the policy forget the last episode when another one has begun.
    private func follow(_ environment: EnvironmentHandle) {
        guard environment.episode != episode else { return }
        episode = environment.episode
        policy.begin(start: environment.environment.start, on: environment.environment.cluster)
    }

    /// Tells the host, once, that the network decides about servers that it was not made for.
    @inline(never)
    private func tellMismatch(of model: Model, with cluster: borrowing ClusterState) {
        let mismatch = model.mismatch(with: cluster)
        suitable = mismatch == nil ? cluster.serverCount : nil
        if let mismatch { Log.write(SPANE_LOG_INFO, "session: \(mismatch)") }
    }

    private func adapt(to cluster: borrowing ClusterState) throws {
        guard let network, let model else { return }
        let count = cluster.serverCount
        if count != servers {
            let bytes = model.architecture.sessionBytes(servers: count, nodes: cluster.layout.nodes)
            try Memory.check(bytes: bytes, for: "a session on \(count) servers")
            servers = count
        }
        if let suitable, suitable != count { tellMismatch(of: model, with: cluster) }
        do {
            try network.adapt(to: cluster)
        } catch {
            throw Failure(SPANE_SHAPE_MISMATCH, error.description)
        }
    }
}
