import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Potentials score as they are defined, and alike whatever was decided before.
@Suite struct PotentialTests {
    private static func models(_ generator: inout Xoshiro256StarStar) throws -> [Model] {
        var models: [Model] = []
        for (width, depth) in [(16, 1), (5, 2), (1, 1), (9, 3)] {
            for activation in Activation.allCases {
                for context in PotentialArchitecture.Context.allCases {
                    let hidden = try LayerShape(width: width, depth: depth)
                    let architecture = PotentialArchitecture(hidden: hidden, activation: activation, context: context)
                    models.append(try RandomModel.make(.potential(architecture), &generator))
                }
            }
        }
        return models
    }

    @Test(arguments: [1, 2, 5, 20, 100])
    func equalsTheNaiveNetwork(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 20)
        for model in try Self.models(&generator) {
            try ScoreChecks.equalsTheNaiveNetwork(model, servers: servers, within: 2e-5, &generator)
        }
    }

    @Test(arguments: [2, 9, 100])
    func permutingServersOrNodesPermutesScores(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 21)
        for model in try Self.models(&generator) {
            try ScoreChecks.permute(model, servers: servers, swapsNodes: true, &generator)
        }
    }

    /// Small clusters are looked through, large ones have trees: both take the best available action.
    @Test(arguments: [1, 5, 47, 48, 100, 257])
    func takesTheLargestScore(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 22)
        let fleet = try Fleet(servers: servers)
        // More requests than trees, and some often enough to find theirs again.
        let requests = (0..<40).map { (_: Int) -> Request in RandomModel.request(&generator) }
        for model in try Self.models(&generator) {
            var session: any ScoringPolicy = try model.makeSession(for: fleet)
            var cluster = ClusterState(fleet)
            var events = IncrementalTests.Events()
            session.begin(start: 0, on: cluster)
            for step in 0..<300 {
                for _ in 0..<(step % 100 < 80 ? 3 : 300) { events.next(&cluster, &generator) }
                if step % 90 == 45 { cluster.cordon(generator.below(servers)) }
                if step % 90 == 80 { for server in 0..<servers { cluster.uncordon(server) } }
                let request = requests[generator.below(step % 50 < 40 ? 6 : 40)]
                let action = session.action(for: request, on: cluster)
                let scores = session.scores(request, cluster)
                let mask = cluster.mask(of: request)
                let best = mask.indices.filter { mask[$0] == 1 }.max {
                    (scores[$0], -$0) < (scores[$1], -$1)
                }
                try #require(action?.index == best, "\(model.architecture), step \(step)")
                guard step % 50 == 49 else { continue }
                let fresh = try model.makeSession(for: fleet).scores(request, cluster)
                try #require(scores == fresh, "\(model.architecture), step \(step)")
            }
        }
    }

    /// Of many servers those that have the same left are scored once; a session that has followed them says what a new one says.
    @Test(arguments: PotentialArchitecture.Context.allCases)
    func scoresStatesOfManyServers(context: PotentialArchitecture.Context) throws {
        var generator = Xoshiro256StarStar(seed: 24)
        let hidden = try LayerShape(width: 5, depth: 1)
        let architecture = PotentialArchitecture(hidden: hidden, activation: .tanh, context: context)
        let model = try RandomModel.make(.potential(architecture), &generator)
        let servers = 1100
        let fleet = try Fleet(servers: servers)
        var cluster = ClusterState(fleet)
        var session: any ScoringPolicy = try model.makeSession(for: fleet)
        for step in 0..<12 {
            // More states than are numbered before they are numbered again, then few.
            let kinds = step < 8 ? 1_000_000 : 5
            for server in 0..<servers {
                for node in 0..<2 {
                    let cpu = 40 * Double(generator.below(kinds)) / Double(kinds)
                    cluster.setFree(Resources(cpu: cpu, mem: 2 * cpu), server: server, node: node)
                }
            }
            if step == 3 { cluster.cordon(7) }
            let request = RandomModel.request(&generator)
            let fresh = try model.makeSession(for: fleet)
            let small = fresh.scores(request, cluster)
            try #require(session.scores(request, cluster) == small, "step \(step)")
            let chosen = session.action(for: request, on: cluster)
            let mask = cluster.mask(of: request)
            let best = mask.indices.filter { mask[$0] == 1 }.max { (small[$0], -$0) < (small[$1], -$1) }
            try #require(chosen?.index == best, "step \(step)")
            // One server alone, by its neighbours in a list too short to go by states.
            let few: [Int32] = [3, 900, 7]
            var advantages = [Float](repeating: 0, count: 6)
            var span = advantages.mutableSpan
            session.writeAdvantages(for: request, on: cluster, servers: few.span, into: &span)
            for (place, server) in few.enumerated() {
                for node in 0..<2 { try #require(advantages[2 * place + node] == small[2 * Int(server) + node]) }
            }
        }
    }

    @Test func goesOnWithMoreOrFewerServers() throws {
        var generator = Xoshiro256StarStar(seed: 23)
        for model in try Self.models(&generator) {
            for (before, after) in [(3, 9), (20, 60), (60, 70), (9, 3), (60, 20)] {
                var session: any ScoringPolicy = try model.makeSession(for: Fleet(servers: before))
                var first = ClusterState(try Fleet(servers: before))
                first.fillAtRandom(steps: 45, &generator)
                _ = session.action(for: RandomModel.request(&generator), on: first)
                let fleet = try Fleet(servers: after)
                var cluster = ClusterState(fleet)
                cluster.fillAtRandom(steps: 45, &generator)
                var fresh: any ScoringPolicy = try model.makeSession(for: fleet)
                let request = RandomModel.request(&generator)
                try session.adapt(to: cluster)
                let action = session.action(for: request, on: cluster)
                let expected = fresh.action(for: request, on: cluster)
                #expect(action == expected)
            }
        }
    }
}
