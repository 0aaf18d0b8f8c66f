import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Afterstate networks score as they are defined, and alike whatever was decided before.
@Suite struct AfterstateTests {
    private static func models(_ generator: inout Xoshiro256StarStar) throws -> [Model] {
        var models: [Model] = []
        for (index, shape) in RandomModel.shapes.enumerated() {
            let aggregators = RandomModel.aggregatorSets[index % RandomModel.aggregatorSets.count]
            for set in [aggregators, [.mean, .max, .std]] {
                guard case .spane(let parts) = try RandomModel.spane(shape, set, &generator).architecture else {
                    continue
                }
                models.append(try RandomModel.make(.afterstate(AfterstateArchitecture(parts: parts)), &generator))
            }
        }
        return models
    }

    @Test(arguments: [1, 2, 5, 20, 100])
    func equalsTheNaiveNetwork(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 30)
        let models = try Self.models(&generator)
        #expect(models.count == 12)
        for model in models {
            try ScoreChecks.equalsTheNaiveNetwork(model, servers: servers, within: 2e-5, &generator)
        }
    }

    @Test(arguments: [1, 2, 9, 100])
    func permutingServersOrNodesPermutesScores(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 31)
        for model in try Self.models(&generator) {
            try ScoreChecks.permute(model, servers: servers, swapsNodes: true, &generator)
        }
    }

    /// After any history a session takes the best available action, with the scores of a fresh one.
    @Test(arguments: [1, 5, 33, 100])
    func takesTheLargestScoreOfAFreshSession(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 32)
        let fleet = try Fleet(servers: servers)
        for model in try Self.models(&generator) {
            var session: any ScoringPolicy = try model.makeSession(for: fleet)
            var cluster = ClusterState(fleet)
            var events = IncrementalTests.Events()
            session.begin(start: 0, on: cluster)
            for step in 0..<150 {
                for _ in 0..<(step % 50 < 40 ? 3 : 300) { events.next(&cluster, &generator) }
                if step % 90 == 45 { cluster.cordon(generator.below(servers)) }
                if step % 90 == 80 { for server in 0..<servers { cluster.uncordon(server) } }
                let request = RandomModel.request(&generator)
                let action = session.action(for: request, on: cluster)
                guard step % 10 == 0 else { continue }
                let advantages = session.advantages(request, cluster)
                let mask = cluster.mask(of: request)
                let best = mask.indices.filter { mask[$0] == 1 }.max {
                    (advantages[$0], -$0) < (advantages[$1], -$1)
                }
                try #require(action?.index == best, "\(model.architecture), step \(step)")
                let scores = session.scores(request, cluster).map(\.bitPattern)
                let fresh = try model.makeSession(for: fleet).scores(request, cluster).map(\.bitPattern)
                try #require(scores == fresh, "\(model.architecture), step \(step)")
            }
        }
    }

    /// The advantages of some servers are those among all, and a cordoned server is as good as not there.
    @Test func scoresSomeServers() throws {
        var generator = Xoshiro256StarStar(seed: 33)
        for model in try Self.models(&generator) {
            var cluster = ClusterState(try Fleet(servers: 40))
            cluster.fillAtRandom(steps: 45, &generator)
            cluster.cordon(17)
            let session = try model.makeSession(on: cluster)
            let request = RandomModel.request(&generator)
            let all = session.advantages(request, cluster)
            let servers: [Int32] = [39, 3, 17, 3, 0]
            var some = [Float](repeating: .nan, count: 2 * servers.count)
            var span = some.mutableSpan
            session.writeAdvantages(for: request, on: cluster, servers: servers.span, into: &span)
            #expect(some == servers.flatMap { [all[2 * Int($0)], all[2 * Int($0) + 1]] })
            #expect(all[34] == -.infinity && all[35] == -.infinity)
            // One server less, in place of the cordoned one.
            var smaller = ClusterState(try Fleet(servers: 39))
            let free = cluster.freeOfAllNodes
            smaller.fill(leaving: free.indices.filter { $0 / 2 != 17 }.map { free[$0] })
            let without = try model.makeSession(on: smaller).advantages(request, smaller)
            #expect(without == all.indices.filter { $0 / 2 != 17 }.map { all[$0] })
        }
    }
}

extension ScoringPolicy {
    /// The advantages of all actions.
    fileprivate func advantages(_ request: Request, _ cluster: borrowing ClusterState) -> [Float] {
        var advantages = [Float](repeating: .nan, count: cluster.actionCount)
        var span = advantages.mutableSpan
        writeAdvantages(for: request, on: cluster, servers: nil, into: &span)
        return advantages
    }
}
