internal import SpaneSystem

/// Plans live migrations on a cluster: that let VMs in, that empty servers, that even out a server's nodes.
///
/// It follows one cluster, of which it keeps a copy, so that a plan costs no more than what has changed since the last one. Plans
/// change nothing; ``Cluster/apply(_:)-(MovePlan)`` does. The same cluster gives the same plan, whatever was planned before.
public final class MovePlanner {
    let planner: RoomPlanner
    // What was moved and placed on the copy since it was brought up to date.
    var moved: [Move] = []
    private var held: [(Request, Placement)] = []

    /// Creates a planner.
    ///
    /// - Throws: `invalidArgument` for limits outside their ranges, `outOfMemory`.
    /// - Complexity: O(servers).
    public init(for cluster: borrowing Cluster, _ limits: MoveLimits = MoveLimits()) throws(SchedulingError) {
        try limits.check()
        try Memory.require(
            bytes: RoomPlanner.bytes(servers: cluster.serverCount, layout: cluster.state.layout),
            for: "a copy of \(cluster.serverCount) servers"
        )
        planner = RoomPlanner(for: cluster.state, limits)
    }

    /// The limits of its plans.
    public var limits: MoveLimits { planner.limits }

    /// A plan that lets a VM in, in the numbers of servers.
    ///
    /// - Throws: `notFound` or `invalidArgument` when the scope names what is not there.
    /// - Complexity: O(servers + servers looked at * VMs on them), and the budget. Of more than 64 servers VMs leave those 64 alone that
    ///   are least short, and of more than 4,096 those that follow a VM's own are looked at for its target.
    public func makeRoom(
        for request: Request,
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> RoomResult {
        look(for: request, on: cluster, try scope.inside(cluster, letting: request)).result
    }

    /// Looks for a plan.
    ///
    /// - Returns: what comes of it, and the places that were looked at; none where none is needed.
    func look(
        for request: Request,
        on cluster: borrowing Cluster,
        _ scope: RoomPlanner.Scope
    ) -> (result: RoomResult, places: [ShortPlace]) {
        planner.follow(cluster.state)
        let (result, places) = planner.look(request, scope, most: limits.moves) { servers, roster in
            cluster.list(servers, in: &roster)
        }
        guard case .plan(let plan, let isCheapest) = result else { return (result, places) }
        return (.plan(cluster.outside(plan), isCheapest: isCheapest), places)
    }

    /// A plan that lets several VMs in, the first ones first: as long as they fit or room can be made.
    ///
    /// - Returns: the moves of all together, at most those of the limits, and where each VM goes; `nil` for those that stay out. A VM
    ///   is to be placed before the moves for those after it are carried out.
    /// - Throws: as ``makeRoom(for:on:_:)-(Request,_,_)``.
    public func makeRoom(
        for requests: [Request],
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> [MovePlan?] {
        var inner = try scope.inside(cluster)
        planner.follow(cluster.state)
        defer { putBack() }
        var plans: [MovePlan?] = []
        // With the VMs that were let in.
        var groups: [UInt64: Group] = [:]
        for (index, request) in requests.enumerated() {
            let id = index < scope.groups.count ? scope.groups[index] : 0
            var group = id == 0 ? nil : groups[id] ?? cluster.group(id)
            inner.allowed = group.flatMap { cluster.allowedPlaces(for: request, of: $0) }
            let left = limits.moves - moved.count
            let result = planner.plan(request, inner, most: left) { servers, roster in
                list(servers, cluster, in: &roster)
            }
            guard let plan = result.plan, let placement = plan.placement else {
                plans.append(nil)
                continue
            }
            for move in plan.moves { carryOut(move, cluster) }
            planner.search.state.record(request, at: placement)
            held.append((request, placement))
            group?.enter(Int32(truncatingIfNeeded: cluster.number(at: placement.server)))
            groups[id] = group
            plans.append(cluster.outside(plan))
        }
        return plans
    }

    /// Plans for several VMs as one list of moves.
    ///
    /// - Returns: the moves, for which of the VMs each makes room, and its round.
    /// - Throws: as ``rounds(of:on:perServer:arrivals:)``.
    package func flatten(
        _ plans: [MovePlan?],
        for requests: [Request],
        on cluster: borrowing Cluster,
        perServer: Int
    ) throws(SchedulingError) -> [(move: Move, request: Int, round: Int)] {
        let rounds = try rounds(of: plans, for: requests, on: cluster, perServer: perServer)
        var moves: [(move: Move, request: Int, round: Int)] = []
        for (index, plan) in plans.enumerated() {
            for move in plan?.moves ?? [] { moves.append((move, index, rounds[moves.count])) }
        }
        return moves
    }

    /// The rounds of plans for several VMs, each of which is placed before the moves for the next one.
    ///
    /// - Throws: as ``rounds(of:on:perServer:arrivals:)``.
    public func rounds(
        of plans: [MovePlan?],
        for requests: [Request],
        on cluster: borrowing Cluster,
        perServer: Int = 1
    ) throws(SchedulingError) -> [Int] {
        var moves: [Move] = []
        var arrivals: [(before: Int, request: Request, placement: Placement)] = []
        for (plan, request) in zip(plans, requests) {
            guard let plan, let placement = plan.placement else { continue }
            moves += plan.moves
            arrivals.append((moves.count, request, placement))
        }
        return try rounds(of: moves, on: cluster, perServer: perServer, arrivals: arrivals)
    }

    // MARK: The copy

    /// Adds what runs on some servers after the moves so far.
    func list(_ servers: [Int], _ cluster: borrowing Cluster, in roster: inout Roster) {
        guard !moved.isEmpty else { return cluster.list(servers, in: &roster) }
        var before = Roster()
        cluster.list(servers, in: &before)
        let last = Dictionary(moved.map { ($0.vm, $0.target) }) { $1 }
        for vm in before.entries where last[vm.id] == nil {
            roster.add(vm.id, before.requests[Int(vm.kind)], vm.placement)
        }
        let wanted = Set(servers)
        for (id, target) in last.sorted(by: { $0.key < $1.key }) where wanted.contains(target.server) {
            if let request = cluster.find(id)?.request { roster.add(id, request, target) }
        }
    }

    /// Carries a move out on the copy.
    func carryOut(_ move: Move, _ cluster: borrowing Cluster) {
        guard let request = cluster.find(move.vm)?.request else { return }
        planner.search.state.record(request, at: move.target)
        planner.search.state.release(request, at: move.source)
        moved.append(move)
        undo.append(request)
    }

    /// Takes back the moves from the one with this index on.
    func putBack(from first: Int = 0) {
        while moved.count > first, let move = moved.popLast(), let request = undo.popLast() {
            planner.search.state.record(request, at: move.source)
            planner.search.state.release(request, at: move.target)
        }
        guard first == 0 else { return }
        for (request, placement) in held { planner.search.state.release(request, at: placement) }
        held = []
    }

    private var undo: [Request] = []

    /// Lets VMs that the moves from an index on take farther go there at once: the moves that took them so far are left out.
    ///
    /// - Returns: whether there are then at most so many moves; else nothing is changed.
    func join(from first: Int, most: Int) -> Bool {
        var joined = moved
        var last: [UInt64: Int] = [:]
        var isLeftOut = [Bool](repeating: false, count: moved.count)
        for index in joined.indices {
            let next = joined[index]
            defer { last[next.vm] = index }
            guard index >= first, let before = last[next.vm] else { continue }
            let source = joined[before].source
            // Until then the VM stays where it was, and leaves what it would have taken: that is as good, unless something was to
            // come to that server meanwhile.
            guard !joined[(before + 1)..<index].contains(where: { $0.target.server == source.server }) else { continue }
            // It costs what the one of the two costs that goes as far.
            let isLocal = source.server == next.target.server
            guard let alike = [next, joined[before]].first(where: { $0.isLocal == isLocal }) else { continue }
            joined[index] = Move(vm: next.vm, source: source, target: next.target, mem: next.mem, price: alike.price)
            isLeftOut[before] = true
            isLeftOut[index] = source == next.target
        }
        let kept = joined.indices.filter { !isLeftOut[$0] }
        guard kept.count <= most else { return false }
        undo = kept.map { undo[$0] }
        moved = kept.map { joined[$0] }
        return true
    }
}

extension Cluster {
    /// A plan by the numbers of servers.
    func outside(_ plan: MovePlan) -> MovePlan {
        MovePlan(
            moves: plan.moves.map {
                Move(vm: $0.vm, source: outside($0.source), target: outside($0.target), mem: $0.mem, price: $0.price)
            },
            placement: plan.placement.map { outside($0) }
        )
    }
}
