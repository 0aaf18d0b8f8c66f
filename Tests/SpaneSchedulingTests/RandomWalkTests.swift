import SpaneScheduling
import SpaneTestSupport
import Testing

/// Long random walks keep every invariant after every step.
@Suite struct RandomWalkTests {
    /// What a walk remembers of each placement.
    struct Placement {
        var request: Request
        var action: Action
        var end: Double
        var vm: Int
    }

    @Test(arguments: [1, 2, 3, 6, 17], RandomTrace.Style.allCases)
    func invariantsHold(servers: Int, style: RandomTrace.Style) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 77)
        let trace = try Trace(RandomTrace.vms(style, count: 700, servers: servers, &generator))
        let fleet = try Fleet(servers: servers, node: RandomTrace.node)
        var environment = try Environment(trace: trace, fleet: fleet)
        try environment.reset(start: 3, until: .exceed(600))
        var placements: [Placement] = []
        var clock = environment.clock
        while !environment.isFinished {
            let mask = environment.mask
            let available = mask.indices.filter { mask[$0] == 1 }
            let action = Action(try #require(available.randomElement(using: &generator)))
            let (head, request) = (environment.head, environment.request)
            let lifetime = trace.vms[head].lifetime
            placements.append(Placement(request: request, action: action, end: clock + lifetime, vm: head))
            let step = try environment.step(action)
            try #require(step.wait == clock - trace.vms[head].arrival)
            try #require(step.wait >= 0)
            try #require(step.reward <= 0)
            try #require(environment.clock >= clock)
            clock = environment.clock
            let isFinished = environment.isFinished
            try #require(isFinished || clock >= trace.vms[head + 1].arrival)
            try checkCluster(environment, placements, capacity: RandomTrace.node)
            try checkMask(environment)
        }
        #expect(placements.count > 100)
    }

    /// Everybody who left did so first by (end, index), so those who run are the latest of all placed.
    private func checkCluster(
        _ environment: borrowing Environment,
        _ placements: [Placement],
        capacity: Resources
    ) throws {
        let isOrdered = environment.departures.isOrdered
        try #require(isOrdered)
        let sorted = placements.sorted { ($0.end, $0.vm) < ($1.end, $1.vm) }
        let running = sorted.suffix(environment.runningCount)
        for gone in sorted.dropLast(environment.runningCount) { try #require(gone.end <= environment.clock) }
        try #require(running.first.map { $0.end == environment.departures.earliestEnd } ?? true)
        let free = environment.cluster.freeOfAllNodes
        var used = Array(repeating: Resources(cpu: 0, mem: 0), count: free.count)
        for vm in running {
            let nodes = vm.request.isSplit ? [vm.action.index / 2 * 2, vm.action.index / 2 * 2 + 1] : [vm.action.index]
            for node in nodes {
                used[node].cpu += vm.request.demandPerNode.cpu
                used[node].mem += vm.request.demandPerNode.mem
            }
        }
        for (left, taken) in zip(free, used) {
            try #require(left.cpu >= 0 && left.cpu <= capacity.cpu)
            try #require(left.mem >= 0 && left.mem <= capacity.mem)
            // Exactly: amounts are whole numbers of steps.
            try #require(steps(left.cpu) + steps(taken.cpu) == steps(capacity.cpu))
            try #require(steps(left.mem) + steps(taken.mem) == steps(capacity.mem))
        }
    }

    private func steps(_ amount: Double) -> Int { Int((amount * 1_000_000).rounded()) }

    private func checkMask(_ environment: borrowing Environment) throws {
        let mask = environment.mask
        let request = environment.request
        let each = mask.indices.map { environment.cluster.isAvailable(Action($0), for: request) ? 1 : 0 as UInt8 }
        try #require(mask == each)
        let isFinished = environment.isFinished
        try #require(isFinished || mask.contains(1))
        let observation = environment.cluster.observation
        let free = environment.cluster.freeOfAllNodes
        try #require(observation == free.flatMap { [Float($0.cpu), Float($0.mem)] })
    }
}
