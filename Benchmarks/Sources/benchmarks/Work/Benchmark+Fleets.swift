internal import SpaneNetworks
internal import SpaneScheduling

extension Benchmark {
    /// What servers of any kind cost; the peer is the library itself on a simpler fleet.
    func fleets() throws -> [Figure] {
        var figures: [Figure] = []
        let architecture = try PotentialArchitecture(hidden: LayerShape(width: 16, depth: 2))
        var generator = Xoshiro256StarStar(seed: 1)
        let potential = try Model(architecture: .potential(architecture), generator: &generator)
        let policies: [(String, (borrowing ClusterState) throws -> any Policy)] = [
            ("Best Fit", { _ in BestFit() }), ("potential", { try potential.makeSession(on: $0) }),
        ]
        func measure(
            _ name: String,
            _ count: Int,
            _ side: consuming FleetContest.Side,
            _ peer: consuming FleetContest.Side
        ) throws {
            let contest = FleetContest(options.scaled(count), side, beside: peer)
            let medians = try Medians(contest, repetitions: min(options.repetitions, 5))
            figures.append(Figure(name, nanosecondsOfOneIn: contest.count, medians))
        }
        for (name, policy) in policies {
            for nodes in [4, 8] {
                try measure(
                    "\(name), 1000 servers of \(nodes) nodes, beside 2",
                    3000,
                    .init(servers: 1000, nodes: nodes, policy),
                    .init(servers: 1000, nodes: 2, policy)
                )
            }
            try measure(
                "\(name), 1000 servers, 199000 removed, beside none",
                3000,
                .init(servers: 1000, nodes: 2, removed: 199_000, policy),
                .init(servers: 1000, nodes: 2, policy)
            )
            for isChanging in [false, true] {
                try measure(
                    "\(name), \(isChanging ? "changing" : "the same") 1000 of 100000, beside all of 1000",
                    1000,
                    .init(servers: 100_000, nodes: 2, candidates: 1000, isChanging: isChanging, policy),
                    .init(servers: 1000, nodes: 2, policy)
                )
            }
        }
        for (name, policy) in [("First Fit", { _ in FirstFit() })] + policies {
            try measure(
                "\(name), 3000 mixed servers, a class, beside 2 nodes",
                2000,
                .init(mixed: 3000, policy),
                .init(servers: 3000, nodes: 2, policy)
            )
        }
        // What a cloud asks for; learned, it would be the same once the first thousand VMs have come.
        let mix = ExpectedFlavors(sizes.map { ExpectedFlavors.Part(cpu: $0.cpu, mem: $0.mem, frequency: 1 / $0.cpu) })
        for name in ["most-allocated+spread", "dot-product+pack", "capacity-lost,100*most-allocated+capacity-lost"] {
            guard let rule = RuleName(name) else { throw BenchmarkError("\(name) is no rule") }
            try measure(
                "\(name), 100000 servers, beside 1000",
                3000,
                .init(servers: 100_000, nodes: 2) { _ in RulePolicy(rule, mix: mix) },
                .init(servers: 1000, nodes: 2) { _ in RulePolicy(rule, mix: mix) }
            )
        }
        return figures
    }
}
