import SpaneScheduling
import SpaneTestSupport
import Testing

/// Plays an episode with moves on servers whose every answer is read off its definition. Plans come from planners that are new each
/// time; whether each of their moves may be made is what it judges.
struct MoveReferee {
    private let scenario: Scenario
    private let fleet: RandomFleet
    private let vms: [VirtualMachine]
    private let limits: MoveLimits
    private(set) var servers: [PlainServer]
    private(set) var running: [Environment.Snapshot.Running] = []
    private(set) var clock: Double
    private(set) var moved = MoveCount()
    /// VMs that ended while others were moved.
    private(set) var earlier = 0
    private var head: Int

    init(_ scenario: Scenario, _ fleet: RandomFleet, _ vms: [VirtualMachine], _ limits: MoveLimits, start: Int) {
        (self.scenario, self.fleet, self.vms, self.limits) = (scenario, fleet, vms, limits)
        servers = fleet.plain
        clock = vms[start].arrival
        head = start
    }

    private func request(_ vm: Int) -> PlainRequest { fleet.ask(of: vms[vm]).plain(fleet.layout) }

    private var fits: Bool {
        let request = request(head)
        return servers.contains { !$0.sets(request).isEmpty }
    }

    private mutating func take(_ vm: Int, _ placement: Placement) throws {
        let request = request(vm)
        try #require(servers[placement.server].allows(placement.nodes.rawValue, request), "VM \(vm) at \(placement)")
        servers[placement.server].take(request, placement.nodes.rawValue)
    }

    private mutating func give(_ vm: Int, _ placement: Placement) {
        servers[placement.server].take(request(vm), placement.nodes.rawValue, times: -1)
    }

    mutating func step(_ placement: Placement, isLast: Bool) throws {
        try take(head, placement)
        running.append(.init(end: clock + vms[head].lifetime, vm: head, placement: placement))
        running.sort { ($0.end, $0.vm) < ($1.end, $1.vm) }
        head += 1
        guard !isLast else { return }
        _ = leave(until: vms[head].arrival)
        while !fits {
            // Nothing is moved for a VM that has room as soon as others leave, which is now.
            if running[0].end > clock, try makeRoom() { break }
            _ = leave(until: running[0].end)
        }
        clock = max(clock, vms[head].arrival)
    }

    private mutating func leave(until time: Double) -> [Int] {
        var gone: [Int] = []
        while let first = running.first, first.end <= time {
            clock = first.end
            gone.append(first.vm)
            give(first.vm, first.placement)
            running.removeFirst()
        }
        return gone
    }

    private mutating func makeRoom() throws -> Bool {
        var cluster = ClusterState(scenario.fleet)
        for vm in running { cluster.place(scenario.request(of: vm.vm), at: vm.placement) }
        let planner = RoomPlanner(for: cluster, limits)
        let result = planner.plan(scenario.request(of: head), on: cluster) { wanted, roster in
            for vm in running.sorted(by: { $0.vm < $1.vm }) where wanted.contains(vm.placement.server) {
                roster.add(UInt64(vm.vm), scenario.request(of: vm.vm), vm.placement)
            }
        }
        guard let plan = result.plan else { return false }
        try #require(plan.moves.count >= 1 && plan.moves.count <= limits.moves)
        var now = max(clock, vms[head].arrival)
        for move in plan.moves {
            let vm = Int(move.vm)
            // It has ended while others were moved.
            guard running.contains(where: { $0.vm == vm }) else { continue }
            now += move.mem * limits.secondsPerGB
            // Both hold it until it has gone.
            try take(vm, move.target)
            let gone = leave(until: now)
            earlier += gone.count
            if let place = running.firstIndex(where: { $0.vm == vm }) {
                try #require(running[place].placement == move.source)
                give(vm, move.source)
                running[place].placement = move.target
            } else {
                give(vm, move.target)
            }
            moved.moves += 1
            let mem = scenario.request(of: vm).mem
            if move.source.server == move.target.server { moved.localMem += mem } else { moved.mem += mem }
            if fits {
                clock = now
                return true
            }
        }
        Issue.record("the plan makes no room for VM \(head)")
        return false
    }
}
