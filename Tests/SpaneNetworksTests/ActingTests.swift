import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Sessions take the available action with the largest Q, ties to the lowest.
@Suite struct ActingTests {
    private static func architectures(_ servers: Int) throws -> [Architecture] {
        let shape = try LayerShape(width: 8, depth: 1)
        let deep = try LayerShape(width: 11, depth: 3)
        return [
            .spane(try .published()),
            .spane(try SpaneArchitecture(server: shape, value: deep, advantage: deep, aggregators: [.max, .std])),
            .mlp(try MLPArchitecture(hidden: shape, servers: servers)),
        ]
    }

    @Test(arguments: [1, 2, 5, 8, 9, 20, 100])
    func takesTheLargestScore(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 2)
        let fleet = try Fleet(servers: servers)
        var (none, some) = (0, 0)
        for architecture in try Self.architectures(servers) {
            let model = try RandomModel.make(architecture, &generator)
            var session: any ScoringPolicy = try model.makeSession(for: fleet)
            var cluster = ClusterState(fleet)
            for round in 0..<200 {
                cluster.fillAtRandom(steps: 3, &generator)
                // Every other request is so large that few servers, or none, have room.
                let request =
                    round % 2 == 0
                    ? RandomModel.request(&generator)
                    : Request(cpu: 80, mem: 180 - Double(generator.below(2)) * 90, isSplit: generator.below(8) > 0)
                let action = session.action(for: request, on: cluster)
                let scores = session.scores(request, cluster)
                let mask = cluster.mask(of: request)
                let best = mask.indices.filter { mask[$0] == 1 }.map { scores[$0] }.max()
                guard let action else {
                    none += 1
                    try #require(best == nil)
                    continue
                }
                some += 1
                try #require(mask[action.index] == 1)
                try #require(scores[action.index] == best)
            }
        }
        // Both happen, or there would be nothing to see.
        #expect(some > 50)
        #expect(none > 50)
    }

    @Test(arguments: [1, 2, 5, 8, 9, 20, 100])
    func tiesGoToTheLowestAction(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 4)
        let fleet = try Fleet(servers: servers)
        for architecture in try Self.architectures(servers) {
            var session: any ScoringPolicy = try RandomModel.zero(architecture).makeSession(for: fleet)
            var cluster = ClusterState(fleet)
            for _ in 0..<200 {
                cluster.fillAtRandom(steps: 3, &generator)
                let request = RandomModel.request(&generator)
                let action = session.action(for: request, on: cluster)
                let first = cluster.firstAvailable(for: request)
                try #require(action == first?.action)
            }
        }
    }

    /// Equal servers have equal scores: of them the lowest is taken, whichever block of servers it is in.
    @Test func equalServersGoToTheLowest() throws {
        var generator = Xoshiro256StarStar(seed: 6)
        let fleet = try Fleet(servers: 20)
        for _ in 0..<50 {
            let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
            var session: any ScoringPolicy = try model.makeSession(for: fleet)
            let cluster = ClusterState(fleet)
            let request = Request(cpu: 1, mem: 1, isSplit: false)
            let action = session.action(for: request, on: cluster)
            let scores = session.scores(request, cluster)
            #expect(action?.server == 0)
            #expect(action?.node == (scores[1] > scores[0] ? 1 : 0))
        }
    }

    /// One model, many sessions: nothing is shared but the weights.
    @Test func sessionsOfOneModelAreIndependent() throws {
        var generator = Xoshiro256StarStar(seed: 7)
        let model = try RandomModel.spane(RandomModel.shapes[2], [.mean, .std], &generator)
        let small = try Fleet(servers: 2)
        let large = try Fleet(servers: 30)
        let request = RandomModel.request(&generator)
        var one = ClusterState(small)
        var other = ClusterState(large)
        let (first, second) = (try model.makeSession(for: small), try model.makeSession(for: large))
        one.fillAtRandom(steps: 9, &generator)
        let before = first.scores(request, one)
        other.fillAtRandom(steps: 9, &generator)
        _ = second.scores(request, other)
        #expect(first.scores(request, one) == before)
    }
}
