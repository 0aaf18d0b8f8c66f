import SpaneScheduling
import SpaneTestSupport

/// The problem written down a second time: slowly, obviously, and apart from the library.
///
/// What is left is worked out anew from the list of running VMs whenever it is asked for, departures are found by sorting that
/// list, and amounts are whole numbers of steps.
struct NaiveSimulator {
    struct Running {
        var vm: Int
        var server: Int
        var nodes: UInt8
        var end: Double
    }

    let vms: [VirtualMachine]
    let requests: [PlainRequest]
    let empty: [PlainServer]
    /// [span]: all sets of so many nodes, ascending.
    let sets: [[UInt8]]
    let placementsPerServer: Int
    let weight: Double?
    let end: EpisodeEnd

    var clock: Double
    var head: Int
    var running: [Running] = []
    var placed = 0
    var totalWait = 0.0
    var isFinished = false
    var sinceExceeding = 0
    var balance = 0.0

    init(
        _ vms: [VirtualMachine],
        _ fleet: RandomFleet,
        start: Int,
        end: EpisodeEnd,
        balanceWeight: Double? = nil
    ) {
        self.vms = vms
        requests = vms.map { fleet.ask(of: $0).plain(fleet.layout) }
        empty = fleet.plain
        let all = (0..<1 << fleet.layout.nodes).map { UInt8($0) }
        sets = (0...8).map { span in all.filter { $0.nonzeroBitCount == span } }
        placementsPerServer = sets.map(\.count).max() ?? 0
        weight = balanceWeight
        self.end = end
        head = start
        clock = vms[start].arrival
    }

    /// What all servers have left.
    var servers: [PlainServer] {
        var servers = empty
        for vm in running { servers[vm.server].take(requests[vm.vm], vm.nodes) }
        return servers
    }

    /// The server and the nodes for which an action of the VM at the head stands.
    func placement(_ action: Int) -> (server: Int, nodes: UInt8) {
        let choices = sets[requests[head].span]
        return (action / placementsPerServer, choices[action % placementsPerServer % choices.count])
    }

    /// Which actions are available to the VM at the head.
    var mask: [Bool] {
        let choices = sets[requests[head].span]
        return servers.flatMap { server in
            let allowed = server.sets(requests[head])
            return (0..<placementsPerServer).map { allowed.contains(choices[$0 % choices.count]) }
        }
    }

    /// Whether the VM at the head fits anywhere.
    var fits: Bool { servers.contains { !$0.sets(requests[head]).isEmpty } }

    mutating func step(_ action: Int) -> (wait: Double, reward: Double) {
        let (server, nodes) = placement(action)
        running.append(Running(vm: head, server: server, nodes: nodes, end: clock + vms[head].lifetime))
        let wait = clock - vms[head].arrival
        placed += 1
        totalWait += wait
        var reward = -logarithm(1 + wait)
        if let weight {
            let now = -servers.reduce(0) { $0 + $1.imbalance }
            reward += weight * (now - balance)
            balance = now
        }
        head += 1
        checkEnd()
        if !isFinished { moveClock() }
        return (wait, reward)
    }

    private mutating func checkEnd() {
        if head == vms.count - 1 { isFinished = true }
        switch end {
        case .length(let length):
            if placed == length { isFinished = true }
        case .exceed(let limit):
            if sinceExceeding > 0 || !fits { sinceExceeding += 1 }
            if sinceExceeding == limit { isFinished = true }
        case .automatic:
            preconditionFailure("the tests give the length itself")
        }
    }

    private mutating func moveClock() {
        running.sort { ($0.end, $0.vm) < ($1.end, $1.vm) }
        while let first = running.first, first.end <= vms[head].arrival {
            clock = first.end
            running.removeFirst()
        }
        while !fits {
            clock = running[0].end
            running.removeAll { $0.end == clock }
        }
        clock = max(clock, vms[head].arrival)
    }
}
