import SpaneScheduling

/// Servers on which nothing waits, and the VMs that run on them.
struct LossCluster: ~Copyable {
    let scenario: Scenario
    private(set) var state: ClusterState
    private var running: DepartureQueue
    private let planner: RoomPlanner?
    /// The moves since the servers were empty.
    private(set) var moved = MoveCount()

    init(_ scenario: Scenario) {
        self.scenario = scenario
        state = ClusterState(scenario.fleet)
        running = DepartureQueue(capacity: scenario.fleet.mostRunning(of: scenario.trace))
        planner = if let moves = scenario.moves { RoomPlanner(for: state, moves) } else { nil }
    }

    mutating func removeAll() {
        state.removeAll()
        running.removeAll()
        moved = MoveCount()
    }

    /// Lets go what has ended by then.
    @inline(__always)
    mutating func release(until time: Double) {
        while running.earliestEnd <= time {
            let departure = running.removeFirst()
            release(departure)
        }
    }

    /// Frees what a VM has that was taken from the queue.
    @inline(__always)
    mutating func release(_ departure: DepartureQueue.Entry) {
        state.release(scenario.request(of: Int(departure.vm)), at: departure.placement)
    }

    /// Places a VM where the policy says; where it says nothing, moves may make room, and it is asked again.
    ///
    /// - Returns: whether the VM was placed.
    @inline(__always)
    mutating func place(_ vm: Int, until end: Double, by policy: inout any Policy) -> Bool {
        let request = scenario.request(of: vm)
        var placement = policy.placement(for: request, on: state)
        if placement == nil, let planner, makeRoom(for: request, by: planner) {
            placement = policy.placement(for: request, on: state)
        }
        guard let placement else { return false }
        place(vm, until: end, at: placement)
        return true
    }

    /// Places a VM where it has room.
    @inline(__always)
    mutating func place(_ vm: Int, until end: Double, at placement: Placement) {
        state.place(scenario.request(of: vm), at: placement)
        running.insert(.init(end: end, vm: Int32(truncatingIfNeeded: vm), placement: placement))
    }

    /// Whether there is room for a VM, which moves may have made.
    mutating func makeRoom(for vm: Int) -> Bool {
        let request = scenario.request(of: vm)
        if state.firstAvailable(for: request) != nil { return true }
        guard let planner, makeRoom(for: request, by: planner) else { return false }
        return state.firstAvailable(for: request) != nil
    }

    /// Moves VMs so that a request fits; false when no plan is found.
    ///
    /// Nothing waits, so the moves take no time, whatever ``SpaneScheduling/MoveLimits/secondsPerGB`` says.
    @inline(never)
    private mutating func makeRoom(for request: Request, by planner: RoomPlanner) -> Bool {
        let result = planner.plan(request, on: state, running, of: scenario)
        // With no moves there was room, and the policy did not want it.
        guard let plan = result.plan, !plan.moves.isEmpty else { return false }
        for move in plan.moves {
            let vm = Int(move.vm)
            state.place(scenario.request(of: vm), at: move.target)
            guard running.move(vm, to: move.target) else { preconditionFailure("VM \(vm) moves and does not run") }
            state.release(scenario.request(of: vm), at: move.source)
            moved.add(move)
        }
        return true
    }

    // MARK: Outages

    /// Takes a server out of placement.
    ///
    /// - Returns: the VMs that it loses, which still have their room; see ``release(_:)-(DepartureQueue.Entry)``.
    mutating func takeAway(_ server: Int, isFailure: Bool) -> [DepartureQueue.Entry] {
        state.cordon(server)
        return isFailure ? running.remove(on: server) : []
    }

    /// Puts a server back into placement.
    mutating func bringBack(_ server: Int) { state.uncordon(server) }
}
