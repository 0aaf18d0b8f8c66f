internal import SpaneBuffers

extension MovePlanner {
    /// A plan that empties as many servers as it can: one after the other, that first on which the fewest VMs run, onto others that
    /// have VMs and are not emptied.
    ///
    /// - Parameter moves: at most so many in all.
    /// - Returns: the moves. Its bound is the number of servers that can be emptied at most, with any number of moves.
    /// - Throws: as ``makeRoom(for:on:_:)-(Request,_,_)``, and `invalidArgument` for a negative number of moves.
    /// - Complexity: O(servers * VMs on them * servers).
    public func consolidate(
        most moves: Int,
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> ServerPlan {
        try consolidate(most: moves, on: cluster, scope, progress: .none)
    }

    /// As ``consolidate(most:on:_:)``, telling how many of the servers with VMs were looked at.
    ///
    /// - Throws: also `cancelled`.
    package func consolidate(
        most moves: Int,
        on cluster: borrowing Cluster,
        _ scope: MoveScope,
        progress: Progress
    ) throws(SchedulingError) -> ServerPlan {
        guard moves >= 0 else { throw SchedulingError(.invalidArgument, "moves is \(moves); it must be at least 0") }
        var inner = try scope.inside(cluster)
        planner.follow(cluster.state)
        defer { putBack() }
        var rule = Self.rule(cluster)
        let count = cluster.serverCount
        // What is empty stays empty, and nothing comes to servers that are out of placement.
        var inUse = (0..<count).filter { cluster.vmCounts[$0] > 0 }
        inner.closed += (0..<count).filter { cluster.vmCounts[$0] == 0 }
        var plan = ServerPlan()
        plan.bound = Double(max(0, inUse.count - cluster.fewestServers))
        inUse.sort { (cluster.vmCounts[$0], $0) < (cluster.vmCounts[$1], $1) }
        for (index, place) in inUse.enumerated() {
            try progress.check(index, of: inUse.count)
            let before = moved.count
            // VMs that came from others take no further move: they go where they are to stay at once.
            let known = Set(moved.map(\.vm))
            let running = residents(of: place, cluster)
            let came = running.count { known.contains($0.id) }
            let left = moves - before + came
            guard left > 0, running.count <= left else { continue }
            inner.closed.append(place)
            let stuck = try empty(place, cluster, inner, most: left, &rule, progress.part(index, of: inUse.count))
            if stuck.isEmpty, join(from: before, most: moves) {
                plan.emptied.append(cluster.number(at: place))
            } else {
                putBack(from: before)
                inner.closed.removeLast()
            }
        }
        plan.moves = cluster.outside(MovePlan(moves: moved)).moves
        try progress.finish()
        return plan
    }
}

extension Cluster {
    /// A lower bound on the number of servers on which the VMs of the cluster can run, wherever they go, by the conditions of dual
    /// feasible functions; see ``Scenario/serverBound(start:length:)``. What runs on overcommitted servers meets no condition and is
    /// left out.
    ///
    /// - Complexity: O((VMs + server types) * functions).
    var fewestServers: Int {
        guard vmCount > 0, let fleet = try? fleet() else { return 0 }
        let conditions = FitConditions(fleet, DualFeasibleFunction.family)
        var balance = FitBalance(conditions)
        var kinds: [Flavor: Int32] = [:]
        let least = FlatBuffer(conditions.limits)
        vms.forEach { vm in
            guard !state.isOvercommitted(vm.placement.server) else { return }
            let request = vms.request(of: vm)
            let flavor = vm.flavor(extras: request.terms?.extras ?? [])
            let kind = kinds[flavor] ?? Int32(truncatingIfNeeded: kinds.count)
            kinds[flavor] = kind
            balance.add(balance.row(of: kind, request))
        }
        balance.lower(least)
        var most = 0
        for index in 0..<conditions.limits.count {
            let needed = conditions.limits[index] - least[index]
            most = max(most, conditions.fewestServers(of: fleet, for: needed, by: index))
        }
        return most
    }
}

extension ClusterState {
    /// Whether more runs on a server than it can hold.
    fileprivate func isOvercommitted(_ server: Int) -> Bool {
        let base = server * valuesPerServer
        let isShelved = isCordoned(server)
        let nodes = base..<base + nodeCount(of: server) * valuesPerNode
        let shared = layout.serverResources.count
        return nodes.contains { (isShelved ? particulars.shelved[$0] : free[$0]) < 0 }
            || (server * shared..<(server + 1) * shared).contains { particulars.sharedFree[$0] < 0 }
    }
}

extension FitConditions {
    /// So many servers at least, the largest first, have what is needed of one condition.
    fileprivate func fewestServers(of fleet: Fleet, for needed: Int64, by condition: Int) -> Int {
        let term = terms[condition]
        var images = zip(fleet.types, fleet.counts).map {
            (image: term.image(of: $0, nodeResources: nodeResources), count: Int64($1))
        }
        images.sort { $0.image > $1.image }
        var (left, servers) = (needed, Int64(0))
        for (image, count) in images where left > 0 && image > 0 {
            let taken = min(count, (left + image - 1) / image)
            servers += taken
            left -= taken * image
        }
        return Int(servers)
    }
}
