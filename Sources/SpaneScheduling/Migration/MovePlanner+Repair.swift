extension MovePlanner {
    /// A plan that evens out what the nodes of a server have left, with moves from node to node of it: at each move the one after which
    /// the fullest and the emptiest node differ least.
    ///
    /// - Returns: at most as many moves as the limits say; none where none makes it better.
    /// - Throws: `invalidArgument` when there is no such server, or as ``makeRoom(for:on:_:)-(Request,_,_)``.
    /// - Complexity: O(moves * VMs on it * sets of nodes).
    public func repair(
        _ server: Int,
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> MovePlan {
        let place = try cluster.place(of: server)
        let inner = try scope.inside(cluster, leavesServers: false)
        planner.follow(cluster.state)
        defer { putBack() }
        guard !inner.closed.contains(place), !inner.fixed.contains(place), !cluster.state.isCordoned(place) else {
            return MovePlan()
        }
        while moved.count < limits.moves, let move = bestLocalMove(on: place, cluster, inner) {
            carryOut(move, cluster)
        }
        return cluster.outside(MovePlan(moves: moved))
    }

    private func bestLocalMove(
        on place: Int,
        _ cluster: borrowing Cluster,
        _ scope: RoomPlanner.Scope
    ) -> Move? {
        var least = planner.search.state.unevenness(of: place)
        var best: Move?
        for vm in residents(of: place, cluster) {
            let factor = scope.price.map { $0(vm.id) } ?? 1
            guard let factor else { continue }
            let room = planner.search.state.nodesWithRoom(on: place, for: vm.request)
            room.forEachSubset(of: vm.request.span) { set in
                let target = Placement(server: place, nodes: set)
                guard target != vm.placement, planner.search.state.isAvailable(target, for: vm.request) else { return }
                planner.search.state.record(vm.request, at: target)
                planner.search.state.release(vm.request, at: vm.placement)
                let unevenness = planner.search.state.unevenness(of: place)
                planner.search.state.record(vm.request, at: vm.placement)
                planner.search.state.release(vm.request, at: target)
                guard unevenness < least - 1e-9 else { return }
                least = unevenness
                best = Move(
                    vm: vm.id,
                    source: vm.placement,
                    target: target,
                    mem: vm.request.mem,
                    price: limits.prices.price(factor * vm.request.mem, isLocal: true)
                )
            }
        }
        return best
    }
}
