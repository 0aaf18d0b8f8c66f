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
