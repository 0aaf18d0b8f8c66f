extension MovePlanner {
    /// A plan that empties a server: its VMs go, the largest first, where they take least from the capacity for what runs in the
    /// cluster; where one fits nowhere, room is made for it.
    ///
    /// - Returns: the moves, and the VMs for which no place was found. The bound is what the VMs cost that have to go.
    /// - Throws: `invalidArgument` when there is no such server, or as ``makeRoom(for:on:_:)-(Request,_,_)``.
    /// - Complexity: O(VMs on it * servers), and the budget for each that fits nowhere.
    public func drain(
        _ server: Int,
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> ServerPlan {
        let place = try cluster.place(of: server)
        var inner = try scope.inside(cluster)
        planner.follow(cluster.state)
        defer { putBack() }
        var rule = Self.rule(cluster)
        inner.closed.append(place)
        var plan = ServerPlan()
        let vms = residents(of: place, cluster)
        plan.stuck = try empty(place, cluster, inner, most: .max, &rule, .none)
        plan.bound = vms.reduce(0) { $0 + price(of: $1, inner) }
        plan.moves = cluster.outside(MovePlan(moves: moved)).moves
        if plan.stuck.isEmpty, !vms.isEmpty { plan.emptied = [server] }
        return plan
    }

    /// The rule by which targets are chosen: that keeps most room for what runs.
    static func rule(_ cluster: borrowing Cluster) -> RulePolicy {
        var counts: [Flavor: Double] = [:]
        cluster.vms.forEach { vm in
            counts[vm.flavor(), default: 0] += 1
        }
        let flavors = counts.map {
            ExpectedFlavors.Part(cpu: $0.key.cpu, mem: $0.key.mem, span: $0.key.span, frequency: $0.value)
        }
        let terms = [RuleName.Term(.capacityLost), RuleName.Term(.mostAllocated, weight: 3)]
        return RulePolicy(RuleName(terms, .capacityLost), mix: ExpectedFlavors(flavors))
    }

    /// The VMs on a server, the largest first.
    func residents(of place: Int, _ cluster: borrowing Cluster) -> [RunningVM] {
        var roster = Roster()
        list([place], cluster, in: &roster)
        let vms = roster.entries.map {
            RunningVM(id: $0.id, request: roster.requests[Int($0.kind)], placement: $0.placement)
        }
        return vms.sorted { ($1.request.mem, $1.request.cpu, $0.id) < ($0.request.mem, $0.request.cpu, $1.id) }
    }

    /// What it costs at least that a VM leaves its server; infinite where it may not.
    func price(of vm: RunningVM, _ scope: RoomPlanner.Scope) -> Double {
        guard !scope.fixed.contains(vm.placement.server) else { return .infinity }
        guard let price = scope.price else { return limits.prices.price(vm.request.mem, isLocal: false) }
        return price(vm.id).map { limits.prices.price($0 * vm.request.mem, isLocal: false) } ?? .infinity
    }

    /// Moves all VMs away from a server that takes none, on the copy.
    ///
    /// - Parameter most: moves.
    /// - Returns: the VMs that are left.
    /// - Throws: `cancelled`.
    func empty(
        _ place: Int,
        _ cluster: borrowing Cluster,
        _ scope: RoomPlanner.Scope,
        most: Int,
        _ rule: inout RulePolicy,
        _ progress: Progress
    ) throws(SchedulingError) -> [UInt64] {
        var stuck: [UInt64] = []
        let before = moved.count
        let closed = planner.search.close(scope.closed)
        defer { planner.search.reopen(closed) }
        var inner = scope
        inner.fixed.insert(place)
        let vms = residents(of: place, cluster)
        for (index, vm) in vms.enumerated() {
            try progress.check(index, of: vms.count)
            let price = price(of: vm, scope)
            guard price < .infinity else {
                stuck.append(vm.id)
                continue
            }
            var target = rule.placement(for: vm.request, on: planner.search.state)
            if target == nil, limits.moves > 1 {
                let left = min(limits.moves - 1, most - (moved.count - before) - 1)
                let result = planner.plan(vm.request, inner, most: max(0, left)) { servers, roster in
                    list(servers, cluster, in: &roster)
                }
                for move in result.plan?.moves ?? [] { carryOut(move, cluster) }
                target = result.plan?.placement
            }
            guard let target, moved.count - before < most else {
                stuck.append(vm.id)
                continue
            }
            carryOut(Move(vm: vm.id, source: vm.placement, target: target, mem: vm.request.mem, price: price), cluster)
        }
        return stuck
    }
}
