extension Environment {
    /// Moves VMs so that the one at the head fits; false when no plan is found.
    ///
    /// Moves are carried out one after the other. A VM that ends meanwhile leaves, and moves that are not needed any more, or of VMs
    /// that have left, are left out.
    mutating func makeRoom(by planner: RoomPlanner) -> Bool {
        guard let plan = planner.plan(request, on: cluster, departures, of: scenario).plan else { return false }
        var now = max(clock, rows[head].arrival)
        for move in plan.moves where departures.has(Int(move.vm)) {
            now += move.mem * planner.limits.secondsPerGB
            carryOut(move, until: now)
            guard let found = cluster.firstAvailable(for: request) else { continue }
            first = found
            clock = now
            return true
        }
        return false
    }

    private mutating func carryOut(_ move: Move, until end: Double) {
        let vm = Int(move.vm)
        cluster.place(scenario.request(of: vm), at: move.target)
        while departures.earliestEnd <= end { removeFirstDeparture() }
        let hasLeft = !departures.move(vm, to: move.target)
        cluster.release(scenario.request(of: vm), at: hasLeft ? move.target : move.source)
        moved.add(move)
    }
}
