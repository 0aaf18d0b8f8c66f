import SpaneScheduling
import SpaneTestSupport

/// The problem written down a second time: slowly, obviously, and apart from the library.
///
/// What is left is worked out anew from the list of running VMs whenever it is asked for, departures are found by
/// sorting that list, and amounts are whole numbers of half grid steps, so that half a VM is a whole number too.
struct NaiveSimulator {
    struct Running {
        var vm: Int
        var nodes: [Int]
        var cpu: Int
        var mem: Int
        var end: Double
    }

    static let unitsPerStep = 2
    static let units = 1_000_000.0 * 2

    let vms: [VirtualMachine]
    let capacities: [Resources]
    let splitAbove: Double
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
        _ configuration: ClusterConfiguration,
        start: Int,
        end: EpisodeEnd,
        balanceWeight: Double? = nil
    ) {
        self.vms = vms
        capacities = configuration.nodeCapacities
        splitAbove = configuration.splitAbove
        weight = balanceWeight
        self.end = end
        head = start
        clock = vms[start].arrival
    }

    static func units(_ amount: Double) -> Int { Int((amount * 1_000_000).rounded(.toNearestOrEven)) * unitsPerStep }

    func isSplit(_ vm: Int) -> Bool { Double(Self.units(vms[vm].mem)) / Self.units > splitAbove }

    func demand(of vm: Int) -> (cpu: Int, mem: Int) {
        let (cpu, mem) = (Self.units(vms[vm].cpu), Self.units(vms[vm].mem))
        return isSplit(vm) ? (cpu / 2, mem / 2) : (cpu, mem)
    }

    func free(_ node: Int) -> (cpu: Int, mem: Int) {
        var cpu = Self.units(capacities[node / 2].cpu)
        var mem = Self.units(capacities[node / 2].mem)
        for vm in running where vm.nodes.contains(node) {
            cpu -= vm.cpu
            mem -= vm.mem
        }
        return (cpu, mem)
    }

    func fits(_ node: Int, _ demand: (cpu: Int, mem: Int)) -> Bool {
        free(node).cpu >= demand.cpu && free(node).mem >= demand.mem
    }

    /// Which actions are available to the VM at the head.
    var mask: [Bool] {
        let demand = demand(of: head)
        let hasRoom = (0..<2 * capacities.count).map { fits($0, demand) }
        return hasRoom.indices.map { node in
            isSplit(head) ? hasRoom[node / 2 * 2] && hasRoom[node / 2 * 2 + 1] : hasRoom[node]
        }
    }

    /// Minus the sum over servers of |cpu0 - cpu1| / cpu + |mem0 - mem1| / mem.
    var balanceNow: Double {
        var sum = 0.0
        for (server, capacity) in capacities.enumerated() {
            let (left, right) = (free(2 * server), free(2 * server + 1))
            sum += Double(abs(left.cpu - right.cpu)) / Self.units / capacity.cpu
            sum += Double(abs(left.mem - right.mem)) / Self.units / capacity.mem
        }
        return -sum
    }

    mutating func step(_ action: Int) -> (wait: Double, reward: Double) {
        precondition(!isFinished && mask[action])
        let (cpu, mem) = demand(of: head)
        let server = action / 2
        let nodes = isSplit(head) ? [2 * server, 2 * server + 1] : [action]
        running.append(Running(vm: head, nodes: nodes, cpu: cpu, mem: mem, end: clock + vms[head].lifetime))
        let wait = clock - vms[head].arrival
        placed += 1
        totalWait += wait
        var reward = -logarithm(1 + wait)
        if let weight {
            let now = balanceNow
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
            if sinceExceeding > 0 || !mask.contains(true) { sinceExceeding += 1 }
            if sinceExceeding == limit { isFinished = true }
        }
    }

    private mutating func moveClock() {
        running.sort { ($0.end, $0.vm) < ($1.end, $1.vm) }
        while let first = running.first, first.end <= vms[head].arrival {
            clock = first.end
            running.removeFirst()
        }
        while !mask.contains(true) {
            clock = running[0].end
            running.removeAll { $0.end == clock }
        }
        clock = max(clock, vms[head].arrival)
    }
}
