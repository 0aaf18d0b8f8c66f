import SpaneScheduling
import SpaneTestSupport
import Testing

/// The environment and the naive simulator agree after every step of random episodes, bit for bit.
@Suite struct NaiveSimulatorTests {
    @Test(arguments: 1...6, RandomTrace.Style.allCases)
    func agreesOnEveryStep(servers: Int, style: RandomTrace.Style) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 11)
        var waits = 0
        for round in 0..<30 {
            let vms = RandomTrace.vms(style, count: 120, servers: servers, &generator)
            let nodes = (0..<servers).map { server in
                // Every third round the servers differ in size.
                let isLarge = round % 3 == 2 && server > 0 && generator.below(2) == 0
                return isLarge ? Resources(cpu: 11.3, mem: 40) : RandomTrace.node
            }
            let configuration = try ClusterConfiguration(nodeCapacities: nodes)
            let weight: Double? = round % 2 == 0 ? nil : 0.5
            var environment = try Environment(
                trace: Trace(vms),
                configuration: configuration,
                reward: weight.map { .balance(weight: $0) } ?? .logWait
            )
            // The same environment plays twice: what is left of one episode must not leak into the next.
            for end in [EpisodeEnd.length(20 + generator.below(60)), .exceed(1 + generator.below(30))] {
                let start = generator.below(30)
                try environment.reset(start: start, until: end)
                var naive = NaiveSimulator(vms, configuration, start: start, end: end, balanceWeight: weight)
                try play(&environment, &naive, &generator)
                waits += naive.totalWait > 0 ? 1 : 0
            }
        }
        // Without contention the comparison would say little.
        #expect(waits > 20)
    }

    private func play(
        _ environment: inout Environment,
        _ naive: inout NaiveSimulator,
        _ generator: inout Xoshiro256StarStar
    ) throws {
        try compare(environment, naive)
        while !naive.isFinished {
            let available = naive.mask.indices.filter { naive.mask[$0] }
            let action = available[generator.below(available.count)]
            let step = try environment.step(Action(action))
            let expected = naive.step(action)
            try #require(step.wait == expected.wait)
            try #require(abs(step.reward - expected.reward) <= 1e-12 * (1 + abs(expected.reward)))
            try compare(environment, naive)
        }
    }

    private func compare(_ environment: borrowing Environment, _ naive: NaiveSimulator) throws {
        let state = environment.state
        let mask = environment.mask
        let free = (0..<2 * naive.capacities.count).map { node in
            let left = naive.free(node)
            return Resources(cpu: Double(left.cpu) / NaiveSimulator.units, mem: Double(left.mem) / NaiveSimulator.units)
        }
        let place: Comment = "VM \(naive.head), placed \(naive.placed)"
        try #require(state.head == naive.head, place)
        try #require(state.clock == naive.clock, place)
        try #require(state.isFinished == naive.isFinished, place)
        try #require(state.placedCount == naive.placed, place)
        try #require(state.totalWait == naive.totalWait, place)
        try #require(state.runningCount == naive.running.count, place)
        try #require(state.free == free, place)
        try #require(mask == naive.mask.map { $0 ? 1 : 0 }, place)
    }
}
