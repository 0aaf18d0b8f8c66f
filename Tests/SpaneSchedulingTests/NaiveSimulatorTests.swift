import SpaneScheduling
import SpaneTestSupport
import Testing

/// The environment and the naive simulator agree after every step of random episodes, bit for bit.
@Suite struct NaiveSimulatorTests {
    /// Servers with up to so many nodes.
    @Test(arguments: 1...Layout.mostNodes)
    func agreesOnEveryStep(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: UInt64(10 + OracleEffort.seed))
        var (waits, splits, steps, round) = (0, 0, 0, 0)
        while steps < OracleEffort.steps(share: 0.01) / Layout.mostNodes {
            round += 1
            let fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(3), &generator)
            let vms = fleet.vms(count: 100, &generator)
            let weight: Double? = round % 2 == 0 ? nil : 0.5
            var environment = try Environment(
                trace: Trace(vms, resources: fleet.extras),
                fleet: fleet.configuration,
                reward: weight.map { .balance(weight: $0) } ?? .logWait
            )
            // The same environment plays twice: what is left of one episode must not leak into the next.
            for end in [EpisodeEnd.length(20 + generator.below(40)), .exceed(1 + generator.below(30))] {
                let start = generator.below(30)
                try environment.reset(start: start, until: end)
                var naive = NaiveSimulator(vms, fleet, start: start, end: end, balanceWeight: weight)
                try play(&environment, &naive, &generator)
                waits += naive.totalWait > 0 ? 1 : 0
                splits += naive.requests.contains { $0.span > 1 } ? 1 : 0
                steps += naive.placed
            }
        }
        // Without contention and VMs on several nodes the comparison would say little.
        #expect(waits > round / 4)
        #expect(nodes == 1 || splits > round / 2)
    }

    private func play(
        _ environment: inout Environment,
        _ naive: inout NaiveSimulator,
        _ generator: inout Xoshiro256StarStar
    ) throws {
        try compare(environment, naive)
        while !naive.isFinished {
            if generator.below(16) == 0 { try goBack(&environment, naive) }
            let available = naive.mask.indices.filter { naive.mask[$0] }
            let action = available[generator.below(available.count)]
            let (server, nodes) = naive.placement(action)
            // By the number of the action and by its placement alike.
            let step =
                generator.below(2) == 0
                ? try environment.step(Action(action))
                : try environment.step(Placement(server: server, nodes: NodeSet(rawValue: nodes)))
            let expected = naive.step(action)
            if step.wait != expected.wait { try #require(step.wait == expected.wait) }
            let isAlike = abs(step.reward - expected.reward) <= 1e-12 * (1 + abs(expected.reward))
            if !isAlike { try #require(step.reward == expected.reward) }
            try compare(environment, naive)
        }
    }

    /// Plays on a little, then returns to where the environment is now.
    private func goBack(_ environment: inout Environment, _ naive: NaiveSimulator) throws {
        let snapshot = environment.snapshot
        var policy = RandomFit(seed: 1)
        policy.begin(start: 0, on: environment.cluster)
        for _ in 0..<3 where !environment.isFinished {
            let choice = policy.placement(for: environment.request, on: environment.cluster)
            try environment.step(try #require(choice))
        }
        try environment.restore(snapshot)
        let after = environment.snapshot
        try #require(after == snapshot)
        try compare(environment, naive)
    }

    private func compare(_ environment: borrowing Environment, _ naive: NaiveSimulator) throws {
        // The macros take longer than all the rest, so they see differences only.
        guard let difference = difference(environment, naive) else { return }
        let place = "VM \(naive.head), placed \(naive.placed)"
        try #require(Bool(false), "\(place): \(difference)")
    }

    private func difference(_ environment: borrowing Environment, _ naive: NaiveSimulator) -> String? {
        if environment.head != naive.head { return "head" }
        if environment.clock != naive.clock { return "clock" }
        if environment.isFinished != naive.isFinished { return "end" }
        if environment.placedCount != naive.placed { return "VMs placed" }
        if environment.totalWait != naive.totalWait { return "total wait" }
        if environment.runningCount != naive.running.count { return "VMs running" }
        if !environment.mask.elementsEqual(naive.mask, by: { ($0 == 1) == $1 }) { return "mask" }
        return environment.cluster.difference(from: naive.servers)
    }
}
