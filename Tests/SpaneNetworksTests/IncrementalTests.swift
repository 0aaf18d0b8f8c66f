import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// A session that has followed a cluster for long knows exactly what a fresh one sees.
@Suite struct IncrementalTests {
    /// Random placements, releases and resets.
    struct Events {
        var placed: [(Request, Action)] = []

        mutating func next(_ cluster: inout ClusterState, _ generator: inout Xoshiro256StarStar) {
            let request = Request(
                cpu: Double(1 + generator.below(12)) / 3,
                mem: Double(1 + generator.below(30)) / 7,
                isSplit: generator.below(4) == 0
            )
            let size = Resources(cpu: request.cpu, mem: request.mem).onGrid
            let onGrid = Request(cpu: size.cpu, mem: size.mem, isSplit: request.isSplit)
            let action = Action(generator.below(cluster.actionCount))
            if generator.below(100) < 52, cluster.isAvailable(action, for: onGrid) {
                cluster.place(onGrid, at: action)
                placed.append((onGrid, action))
            } else if !placed.isEmpty {
                let (request, action) = placed.remove(at: generator.below(placed.count))
                cluster.release(request, at: action)
            }
            if generator.below(4000) == 0 {
                cluster.removeAll()
                placed = []
            }
        }
    }

    @Test(arguments: [1, 5, 13, 100], RandomModel.aggregatorSets)
    func equalsAFreshSession(servers: Int, aggregators: [Aggregator]) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 3)
        let fleet = try Fleet(servers: servers)
        for (index, shape) in RandomModel.shapes.enumerated() {
            let model = try RandomModel.spane(shape, aggregators, &generator)
            var session: any ScoringPolicy = try model.makeSession(for: fleet)
            var cluster = ClusterState(fleet)
            var events = Events()
            session.begin(start: 0, on: cluster)
            for step in 1...3000 {
                events.next(&cluster, &generator)
                // Mostly a look after each few changes, sometimes so late that the journal has forgotten some.
                guard generator.below(step % 1000 < 600 ? 2 : 150) == 0 else { continue }
                let request = RandomModel.request(&generator)
                let chosen = session.action(for: request, on: cluster)
                guard step % 7 == 0 else { continue }
                var fresh: any ScoringPolicy = try model.makeSession(for: fleet)
                let expectedAction = fresh.action(for: request, on: cluster)
                try #require(chosen == expectedAction, "shape \(index), step \(step)")
                let scores = session.scores(request, cluster).map(\.bitPattern)
                let expected = fresh.scores(request, cluster).map(\.bitPattern)
                try #require(scores == expected, "shape \(index), step \(step)")
            }
        }
    }

    @Test func playsEpisodesAsAFreshSessionDoes() throws {
        var generator = Xoshiro256StarStar(seed: 8)
        let trace = try Trace(RandomTrace.vms(.fractional, count: 400, servers: 3, &generator))
        let fleet = try Fleet(servers: 3, node: RandomTrace.node)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.mean, .max], &generator)
        let session = try model.makeSession(for: fleet)
        var environment = try Environment(trace: trace, fleet: fleet)
        func play(_ session: any ScoringPolicy, from start: Int) throws -> Double {
            var player = Player(session: session)
            try environment.reset(start: start, until: .length(150))
            try environment.finish(with: &player)
            return environment.totalWait
        }
        for start in [0, 100, 0, 200] {
            let wait = try play(session, from: start)
            let expected = try play(model.makeSession(for: fleet), from: start)
            #expect(wait == expected)
        }
    }

    /// Two clusters that share their history until a copy was made, and then went different ways.
    @Test func beginsAnewOnAnotherCluster() throws {
        var generator = Xoshiro256StarStar(seed: 9)
        let fleet = try Fleet(servers: 5)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
        var session: any ScoringPolicy = try model.makeSession(for: fleet)
        var one = ClusterState(fleet)
        var events = Events()
        for _ in 0..<40 { events.next(&one, &generator) }
        var other = one.copy()
        var otherEvents = events
        for _ in 0..<10 {
            events.next(&one, &generator)
            otherEvents.next(&other, &generator)
        }
        let request = RandomModel.request(&generator)
        session.begin(start: 0, on: one)
        _ = session.scores(request, one)
        session.begin(start: 0, on: other)
        let scores = session.scores(request, other)
        let expected = try model.makeSession(for: fleet).scores(request, other)
        #expect(scores == expected)
    }

    /// A session as a concrete policy.
    struct Player: Policy {
        let session: any ScoringPolicy
        mutating func begin(start: Int, on cluster: borrowing ClusterState) {
            var session = session
            session.begin(start: start, on: cluster)
        }
        mutating func placement(
            for request: Request,
            on cluster: borrowing ClusterState,
            among servers: Span<Int32>?
        ) -> Placement? {
            var session = session
            return session.placement(for: request, on: cluster, among: servers)
        }
    }
}
