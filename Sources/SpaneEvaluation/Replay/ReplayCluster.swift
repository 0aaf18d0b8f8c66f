internal import SpaneNetworks
import SpaneScheduling

/// The servers of a replay, and the policy that decides about them.
struct ReplayCluster: ~Copyable {
    private(set) var cluster: Cluster
    private let source: PolicySource
    private var policy: any Policy
    private let limits: MoveLimits?
    private var planner: MovePlanner?
    private(set) var moved = MoveCount()

    /// - Throws: ``NetworkError`` when a network cannot serve such servers.
    init(_ cluster: consuming Cluster, _ source: PolicySource, _ limits: MoveLimits?) throws {
        (self.source, self.limits) = (source, limits)
        policy = try source.makePolicy(for: cluster.fleet())
        policy.begin(start: 0, on: cluster.state)
        self.cluster = cluster
    }

    /// Where a VM runs and what it asked for; `nil` when it does not run here.
    func find(_ id: UInt64) -> (placement: Placement, request: Request)? { cluster.find(id) }

    /// Whether a VM has room now, or moves may make some; the rules of groups are not looked at.
    func mayHaveRoom(for request: Request) -> Bool {
        limits != nil || cluster.state.firstAvailable(for: request) != nil
    }

    /// Whether some server could hold a VM if nothing else ran there.
    ///
    /// - Parameter left: servers that are not looked at.
    func canEverHold(_ request: Request, without left: Set<Int>) -> Bool {
        cluster.canEverHold(request, without: left)
    }

    /// Changes the servers.
    mutating func change(_ body: (inout Cluster) throws -> Void) throws {
        try body(&cluster)
        try (policy as? any ScoringPolicy)?.adapt(to: cluster.state)
    }

    /// Takes other servers; what the policy has learned stays.
    mutating func replace(by other: consuming Cluster) throws {
        cluster = other
        planner = nil
        try (policy as? any ScoringPolicy)?.adapt(to: cluster.state)
    }

    /// Places a VM where the policy says; where it says nothing, moves may make room.
    ///
    /// - Returns: where it runs now, by number; `nil` for nowhere.
    mutating func place(_ id: UInt64, _ request: Request, in group: UInt64) throws -> Placement? {
        guard cluster.serverCount > 0 else { return nil }
        var placement = policy.placement(for: request, in: group, on: cluster)
        if placement == nil, let limits, try makeRoom(for: request, in: group, limits) {
            placement = policy.placement(for: request, in: group, on: cluster)
        }
        guard let placement else { return nil }
        let outside = cluster.outside(placement)
        try cluster.place(id, request, in: group, at: outside)
        return outside
    }

    /// Finds another place for a VM that has to leave its own.
    ///
    /// - Returns: whether there was one; it is gone otherwise.
    mutating func displace(_ id: UInt64) throws -> Bool {
        guard let group = cluster.group(of: id), let (source, request) = cluster.release(id) else { return false }
        guard let target = try place(id, request, in: group) else { return false }
        moved.add(Move(vm: id, source: source, target: target, mem: request.mem, price: 0))
        return true
    }

    private mutating func makeRoom(for request: Request, in group: UInt64, _ limits: MoveLimits) throws -> Bool {
        let planner = try planner ?? MovePlanner(for: cluster, limits)
        self.planner = planner
        var scope = MoveScope()
        scope.groups = [group]
        guard let plan = try planner.makeRoom(for: request, on: cluster, scope).plan, !plan.moves.isEmpty else {
            return false
        }
        try cluster.apply(plan)
        for move in plan.moves { moved.add(move) }
        return true
    }
}
