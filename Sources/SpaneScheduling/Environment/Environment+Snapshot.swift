internal import SpaneSystem

extension Environment {
    /// Where an episode stands, as plain values: everything that a trace, a configuration and a reward do not say.
    ///
    /// What the servers have left is not in it: it is what the VMs that run do not use.
    package struct Snapshot: Equatable, Sendable {
        package struct Running: Equatable, Sendable {
            /// When it ends, in seconds.
            package var end: Double
            /// Its index in the trace.
            package var vm: Int
            /// Where it runs.
            package var placement: Placement

            package init(end: Double, vm: Int, placement: Placement) {
                self.end = end
                self.vm = vm
                self.placement = placement
            }
        }

        package var end: EpisodeEnd
        package var head: Int
        package var clock: Double
        package var placedCount: Int
        package var placedSinceExceeding: Int
        package var totalWait: Double
        package var balance: Double
        package var isFinished: Bool
        package var moved: MoveCount
        /// In the order in which they leave.
        package var running: [Running]

        package init(
            end: EpisodeEnd,
            head: Int,
            clock: Double,
            placedCount: Int,
            placedSinceExceeding: Int,
            totalWait: Double,
            balance: Double,
            isFinished: Bool,
            moved: MoveCount = MoveCount(),
            running: [Running]
        ) {
            self.end = end
            self.head = head
            self.clock = clock
            self.placedCount = placedCount
            self.placedSinceExceeding = placedSinceExceeding
            self.totalWait = totalWait
            self.balance = balance
            self.isFinished = isFinished
            self.moved = moved
            self.running = running
        }
    }

    /// Where the episode stands. Equal states give equal snapshots, however they came about.
    ///
    /// - Complexity: O(running log running).
    package var snapshot: Snapshot {
        var running: [Snapshot.Running] = []
        running.reserveCapacity(departures.count)
        departures.forEach { running.append(.init(end: $0.end, vm: Int($0.vm), placement: $0.placement)) }
        running.sort { ($0.end, $0.vm) < ($1.end, $1.vm) }
        return Snapshot(
            end: end,
            head: head,
            clock: clock,
            placedCount: placedCount,
            placedSinceExceeding: placedSinceExceeding,
            totalWait: totalWait,
            balance: balance,
            isFinished: isFinished,
            moved: moved,
            running: running
        )
    }

    /// Puts the environment into a state that an environment with the same trace, configuration and reward was in; it goes
    /// on from there bit for bit.
    ///
    /// - Throws: `invalidArgument` when no episode of this trace can be in that state; nothing changes then.
    /// - Complexity: O(servers + running * log running).
    package mutating func restore(_ snapshot: Snapshot) throws(SchedulingError) {
        try check(snapshot)
        end = snapshot.end
        head = snapshot.head
        clock = snapshot.clock
        placedCount = snapshot.placedCount
        placedSinceExceeding = snapshot.placedSinceExceeding
        totalWait = snapshot.totalWait
        balance = snapshot.balance
        isFinished = snapshot.isFinished
        moved = snapshot.moved
        departures.removeAll()
        cluster.removeAll()
        for vm in snapshot.running {
            departures.insert(
                .init(end: vm.end, vm: Int32(truncatingIfNeeded: vm.vm), placement: vm.placement)
            )
            cluster.place(scenario.request(of: vm.vm), at: vm.placement)
        }
    }

    // MARK: Checks

    /// Refuses what stepping relies on and an episode never breaks, as ``restore(_:)`` does.
    package func check(_ snapshot: Snapshot) throws(SchedulingError) {
        func refuse(_ detail: String) -> SchedulingError {
            SchedulingError(.invalidArgument, "the state of the episode contradicts itself or the trace: \(detail)")
        }
        guard snapshot.placedCount >= 0, snapshot.placedCount <= snapshot.head, snapshot.head < trace.count else {
            throw refuse("\(snapshot.placedCount) VMs placed and VM \(snapshot.head) of \(trace.count) next")
        }
        guard snapshot.clock.isFinite, snapshot.totalWait.isFinite, snapshot.totalWait >= 0, snapshot.balance.isFinite
        else {
            throw refuse(
                "the clock is \(snapshot.clock), the total wait \(snapshot.totalWait), the balance \(snapshot.balance)"
            )
        }
        guard snapshot.placedSinceExceeding >= 0, snapshot.placedSinceExceeding <= snapshot.placedCount else {
            throw refuse("\(snapshot.placedSinceExceeding) of \(snapshot.placedCount) VMs placed since no VM fit")
        }
        let moved = snapshot.moved
        guard moved.moves >= 0, moved.mem.isFinite, moved.mem >= 0, moved.localMem.isFinite, moved.localMem >= 0,
            planner != nil || moved == MoveCount()
        else {
            throw refuse(
                "it has \(moved.moves) moves of \(moved.mem) GB, and \(moved.localMem) GB within servers"
                    + (planner == nil ? ", where nothing is moved" : "")
            )
        }
        if snapshot.isFinished, snapshot.placedCount == 0 {
            guard snapshot.running.isEmpty else { throw refuse("VMs run and none was placed") }
            return
        }
        let start = snapshot.head - snapshot.placedCount
        try trace.check(start: start, until: snapshot.end)
        var isOver = snapshot.head >= trace.count - 1
        switch snapshot.end {
        case .length(let length): isOver = isOver || snapshot.placedCount >= length
        case .exceed(let limit): isOver = isOver || snapshot.placedSinceExceeding >= limit
        case .automatic: throw refuse("its end is an automatic length, which is a number in an episode under way")
        }
        guard isOver == snapshot.isFinished else {
            throw refuse("it has \(snapshot.isFinished ? "" : "not ")ended after \(snapshot.placedCount) placements")
        }
        guard snapshot.isFinished || snapshot.clock >= trace.rows[snapshot.head].arrival else {
            throw refuse("the clock is \(snapshot.clock) before the arrival of VM \(snapshot.head)")
        }
        try checkRunning(snapshot, from: start, refuse)
    }

    /// Refuses VMs that cannot run together, or that leave no room for a VM which is said to have some.
    private func checkRunning(
        _ snapshot: Snapshot,
        from start: Int,
        _ refuse: (String) -> SchedulingError
    ) throws(SchedulingError) {
        // The cluster that is built, and the VMs seen.
        try Memory.require(
            bytes: 4096 + fleet.serverCount * 128 + snapshot.running.count * 64,
            for: "a state of \(snapshot.running.count) VMs"
        )
        var empty = ClusterState(fleet)
        var seen: Set<Int> = []
        for running in snapshot.running {
            guard running.vm >= start, running.vm < snapshot.head, seen.insert(running.vm).inserted else {
                throw refuse("VM \(running.vm) runs twice or was not placed")
            }
            let vm = trace.rows[running.vm]
            guard running.end.isFinite, running.end >= snapshot.clock, running.end >= vm.arrival + vm.lifetime else {
                throw refuse("VM \(running.vm) ends at \(running.end)")
            }
            let request = scenario.request(of: running.vm)
            guard running.placement.server < cluster.serverCount, empty.isAvailable(running.placement, for: request)
            else { throw refuse("VM \(running.vm) has no room on \(running.placement)") }
            empty.place(request, at: running.placement)
        }
        let next = scenario.request(of: snapshot.head)
        guard snapshot.isFinished || empty.firstAvailable(for: next) != nil else {
            throw refuse("VM \(snapshot.head) is next and fits nowhere")
        }
    }
}
