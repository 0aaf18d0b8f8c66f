extension MovePlanner {
    /// Which moves of a plan may run at once: the round of each, from 0 on. All targets of a round have room while all its sources
    /// still hold their VMs, and no server takes part in more moves than it may.
    ///
    /// - Parameters:
    ///   - perServer: moves at once that a server takes part in, at least 1.
    ///   - arrivals: VMs that are placed before the move with an index, in order; no round goes on beyond one.
    /// - Throws: `invalidArgument`, or `badState` when the cluster has overtaken the plan.
    /// - Complexity: O(moves).
    public func rounds(
        of moves: [Move],
        on cluster: borrowing Cluster,
        perServer: Int = 1,
        arrivals: [(before: Int, request: Request, placement: Placement)] = []
    ) throws(SchedulingError) -> [Int] {
        guard perServer >= 1 else {
            throw SchedulingError(.invalidArgument, "moves at once is \(perServer); it must be at least 1")
        }
        planner.follow(cluster.state)
        var rounds: [Int] = []
        // [index]: what a move holds at its target, and gives back at its source.
        var steps: [(request: Request, source: Placement, target: Placement)] = []
        var open = 0
        var arrived: [(request: Request, placement: Placement)] = []
        var atOnce: [Int: Int] = [:]
        func close() {
            for step in steps[open...] { planner.search.state.release(step.request, at: step.source) }
            (open, atOnce) = (steps.count, [:])
        }
        defer {
            for (index, step) in steps.enumerated() {
                if index < open { planner.search.state.record(step.request, at: step.source) }
                planner.search.state.release(step.request, at: step.target)
            }
            for (request, placement) in arrived { planner.search.state.release(request, at: placement) }
        }
        for (index, move) in moves.enumerated() {
            while arrived.count < arrivals.count, arrivals[arrived.count].before <= index {
                let arrival = arrivals[arrived.count]
                let placement = try cluster.inside(arrival.placement)
                close()
                planner.search.state.record(arrival.request, at: placement)
                arrived.append((arrival.request, placement))
            }
            guard let (placement, request) = cluster.find(move.vm) else {
                throw SchedulingError(.badState, "the plan is out of date: VM \(move.vm) is not placed")
            }
            let hasMoved = moves[..<steps.count].contains { $0.vm == move.vm }
            guard hasMoved || placement == move.source else {
                throw SchedulingError(
                    .badState,
                    "the plan is out of date: VM \(move.vm) runs on \(placement), not on \(move.source)"
                )
            }
            let (source, target) = (try cluster.inside(move.source), try cluster.inside(move.target))
            let isBusy = [source.server, target.server].contains { atOnce[$0, default: 0] >= perServer }
            if isBusy || hasMoved || !planner.search.state.isAvailable(target, for: request) { close() }
            guard planner.search.state.isAvailable(target, for: request) else {
                throw SchedulingError(
                    .badState,
                    "the plan is out of date: \(move.target) has no room for VM \(move.vm)"
                )
            }
            for server in Set([source.server, target.server]) { atOnce[server, default: 0] += 1 }
            planner.search.state.record(request, at: target)
            steps.append((request, source, target))
            rounds.append((rounds.last ?? 0) + (steps.count - 1 == open && open > 0 ? 1 : 0))
        }
        close()
        return rounds
    }
}
