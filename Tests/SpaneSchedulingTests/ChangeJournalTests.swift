import SpaneScheduling
import SpaneTestSupport
import Testing

/// Whoever follows the changes of a cluster sees what a fresh look at all servers sees.
@Suite struct ChangeJournalTests {
    /// Keeps a copy of what is left, as any reader of the journal does.
    struct Follower {
        var free: [Resources]
        var seen: UInt64 = 0
        var fresh = 0
        var followed = 0

        init(servers: Int) { free = Array(repeating: Resources(cpu: .nan, mem: .nan), count: 2 * servers) }

        mutating func follow(_ cluster: borrowing ClusterState) {
            if seen < cluster.oldestRevision {
                for server in 0..<cluster.serverCount { look(at: server, of: cluster) }
                fresh += 1
            } else {
                for revision in seen..<cluster.revision { look(at: cluster.server(changedAt: revision), of: cluster) }
                followed += 1
            }
            seen = cluster.revision
        }

        private mutating func look(at server: Int, of cluster: borrowing ClusterState) {
            for node in 0..<2 { free[2 * server + node] = cluster.free(server: server, node: node) }
        }
    }

    /// Changes one server at random.
    private func change(
        _ cluster: inout ClusterState,
        _ placed: inout [(Request, Action)],
        _ generator: inout Xoshiro256StarStar
    ) {
        let request = Request(cpu: Double(1 + generator.below(4)), mem: 3, isSplit: generator.below(3) == 0)
        let action = Action(generator.below(cluster.actionCount))
        if generator.below(2) == 0, cluster.isAvailable(action, for: request) {
            cluster.place(request, at: action)
            placed.append((request, action))
        } else if !placed.isEmpty {
            let (request, action) = placed.remove(at: generator.below(placed.count))
            cluster.release(request, at: action)
        }
    }

    @Test(arguments: [1, 2, 5, 13, 100, 200])
    func followersSeeEveryChange(servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers))
        var cluster = ClusterState(try Fleet(servers: servers))
        var placed: [(Request, Action)] = []
        // They look every change, often, and so rarely that they fall behind.
        let intervals = [1, 20, 700]
        var followers = intervals.map { _ in Follower(servers: servers) }
        for step in 1...20_000 {
            change(&cluster, &placed, &generator)
            if generator.below(2000) == 0 {
                cluster.removeAll()
                placed = []
            }
            for (index, interval) in intervals.enumerated() where step % interval == 0 {
                followers[index].follow(cluster)
                let free = cluster.freeOfAllNodes
                try #require(followers[index].free == free, "interval \(interval), step \(step)")
            }
        }
        // A reader that is never far behind starts afresh only at the start and after resets.
        #expect(followers[0].followed > 19_000)
        #expect(followers[1].followed > 900)
        #expect(followers[2].fresh > 0)
    }

    @Test func everyChangeHasANumberOfItsOwn() throws {
        var cluster = ClusterState(try Fleet(servers: 3))
        let request = Request(cpu: 1, mem: 1, isSplit: false)
        let start = cluster.revision
        cluster.place(request, at: Action(5))
        cluster.place(request, at: Action(0))
        cluster.release(request, at: Action(5))
        #expect(cluster.revision == start + 3)
        let servers = (start..<start + 3).map { cluster.server(changedAt: $0) }
        #expect(servers == [2, 0, 2])
        // A reset cannot be followed.
        let seen = cluster.revision
        cluster.removeAll()
        #expect(cluster.oldestRevision > seen)
        #expect(cluster.oldestRevision == cluster.revision)
    }

    @Test func onlyTheLatestChangesAreKnown() throws {
        var cluster = ClusterState(try Fleet(servers: 2))
        let request = Request(cpu: 0.25, mem: 0.5, isSplit: false)
        let seen = cluster.revision
        for index in 0..<64 { cluster.place(request, at: Action(index % 4)) }
        #expect(cluster.oldestRevision <= seen)
        for index in 0..<1000 {
            index % 2 == 0 ? cluster.release(request, at: Action(0)) : cluster.place(request, at: Action(0))
        }
        #expect(cluster.oldestRevision > seen)
        #expect(cluster.oldestRevision < cluster.revision)
    }

    @Test func environmentsCanBeFollowed() throws {
        var generator = Xoshiro256StarStar(seed: 4)
        let vms = RandomTrace.vms(.bursts, count: 3000, servers: 3, &generator)
        let fleet = try Fleet(servers: 3, node: RandomTrace.node)
        var environment = try Environment(trace: Trace(vms), fleet: fleet)
        var follower = Follower(servers: 3)
        for start in [0, 500, 1000] {
            try environment.reset(start: start, until: .length(1500))
            var policy = RandomFit(seed: 1)
            while !environment.isFinished {
                let choice = policy.action(for: environment.request, on: environment.cluster)
                let action = try #require(choice)
                try environment.step(action)
                guard generator.below(4) == 0 else { continue }
                follower.follow(environment.cluster)
                let free = environment.cluster.freeOfAllNodes
                try #require(follower.free == free)
            }
        }
        #expect(follower.followed > 500)
    }
}
