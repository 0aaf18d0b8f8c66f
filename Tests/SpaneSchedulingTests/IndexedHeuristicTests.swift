import SpaneScheduling
import SpaneTestSupport
import Testing

/// On many servers heuristics keep what they know of servers from one decision to the next. They decide by their definitions all
/// the same, whatever happens to the cluster in between.
@Suite struct IndexedHeuristicTests {
    /// The heuristics that keep something, and the last place of Move To Front.
    struct Policies {
        var first = FirstFit()
        var best = BestFit()
        var balance = BalanceFit()
        var moveToFront = MoveToFront()
        var last = (server: 0, node: 0)

        mutating func check(
            _ request: Request,
            _ cluster: borrowing ClusterState,
            _ candidates: [Int32],
            isAll: Bool,
            _ choices: GeneralHeuristicTests.Choices
        ) throws {
            func choice(_ policy: inout some Policy, _ cluster: borrowing ClusterState) -> Placement? {
                isAll
                    ? policy.placement(for: request, on: cluster)
                    : policy.placement(for: request, on: cluster, among: candidates.span)
            }
            let again = choices.again(last, request.span)
            let (first, best, balance, front) = (
                choice(&first, cluster), choice(&best, cluster), choice(&balance, cluster),
                choice(&moveToFront, cluster)
            )
            try #require(first == choices.first)
            try #require(best == choices.best)
            try #require(balance == choices.balance(request.span))
            try #require(front == again ?? choices.first)
            if again == nil, let first = choices.first { last = (first.server, first.nodes.first) }
        }
    }

    /// A cluster that grows, shrinks, fails and is copied, and the servers as its double knows them.
    private static func servers(of walk: borrowing ClusterWalk) throws -> [PlainServer] {
        var servers: [PlainServer] = []
        for place in 0..<walk.cluster.serverCount {
            servers.append(try #require(walk.naive.servers[walk.cluster.number(at: place)]))
        }
        return servers
    }

    /// Cordons the servers on which First Fit would find room at once, or puts them back.
    private static func setCordoned(_ isCordoned: Bool, first count: Int, of walk: inout ClusterWalk) throws {
        for place in 0..<min(count, walk.cluster.serverCount) {
            let number = walk.cluster.number(at: place)
            if isCordoned { try walk.cluster.cordon(number) } else { try walk.cluster.uncordon(number) }
            _ = walk.naive.setCordoned(number, isCordoned)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 8], [100, 140])
    func heuristicsAreTheirDefinitions(nodes: Int, size: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: UInt64(size))
        var walk = try ClusterWalk(nodes: nodes, servers: size, size: size, generator)
        var policies = Policies()
        // More than there are trees for, some of which come again and again.
        let asks = (0..<40).map { _ in walk.random.ask(&generator) }
        var found = 0
        var candidates: [Int32] = []
        var placed: [UInt64] = []
        for round in 0..<150 {
            if round % 50 == 10 { try Self.setCordoned(true, first: size * 3 / 4, of: &walk) }
            if round % 50 == 40 { try Self.setCordoned(false, first: size * 3 / 4, of: &walk) }
            // Now and then more than the journal holds.
            if round % 4 == 0 { for _ in 0..<(round % 60 == 56 ? 400 : generator.below(9)) { try walk.step() } }
            if !placed.isEmpty, generator.below(3) == 0 {
                let id = placed.remove(at: generator.below(placed.count))
                let (given, expected) = (walk.cluster.release(id), walk.naive.release(id))
                try #require((given == nil) == (expected == nil))
            }
            let servers = try Self.servers(of: walk)
            let ask = asks[generator.below(round % 30 < 25 ? 3 : asks.count)]
            let request = ask.request(walk.random.layout)
            let isAll = generator.below(2) == 0
            // Lists come again, some often enough to be known.
            let isStale = candidates.contains { $0 >= servers.count }
            let all = servers.indices.map { Int32($0) }
            if isStale || candidates.isEmpty || generator.below(8) == 0 {
                candidates = all.filter { _ in generator.below(8) > 0 }
                // Ties go to the one that stands first.
                if generator.below(2) == 0 { candidates.shuffle(using: &generator) }
                candidates.removeLast(generator.below(4) == 0 ? candidates.count * 2 / 3 : 0)
            }
            let choices = GeneralHeuristicTests.Choices(
                servers,
                ask.plain(walk.random.layout),
                among: isAll ? all : candidates
            )
            found += choices.all.isEmpty ? 0 : 1
            // A copy of the policies that decides elsewhere does not disturb them.
            if round % 7 == 0 {
                var copies = policies
                var other = walk.cluster.copy()
                for id in other.vmIDs.prefix(9) { _ = other.release(id) }
                for server in 0..<other.serverCount {
                    _ = copies.best.placement(for: request, on: other.state, among: [Int32(server)].span)
                }
                _ = copies.first.placement(for: request, on: other.state)
                _ = copies.best.placement(for: request, on: other.state)
                _ = copies.balance.placement(for: request, on: other.state)
            }
            try policies.check(request, walk.cluster.state, candidates, isAll: isAll, choices)
            if let place = choices.best, generator.below(2) == 0 {
                let (id, number) = (UInt64(1_000_000 + round), walk.cluster.number(at: place.server))
                try walk.cluster.place(id, request, at: Placement(server: number, nodes: place.nodes))
                try #require(walk.naive.place(id, ask, number, place.nodes.rawValue) == nil)
                placed.append(id)
            }
        }
        #expect(found > 60)
    }

    /// First Fit looks far where the first servers are full.
    @Test func firstFitBehindFullServers() throws {
        var generator = Xoshiro256StarStar(seed: 4)
        let count = 700
        var cluster = ClusterState(try Fleet(servers: count))
        let none = Resources(cpu: 0, mem: 0)
        cluster.fill(leaving: Array(repeating: none, count: 2 * count))
        var isEmpty = Array(repeating: false, count: count)
        var policy = FirstFit()
        for _ in 0..<300 {
            for server in [generator.below(count), count - 1 - generator.below(100)] {
                isEmpty[server].toggle()
                cluster.setFree(isEmpty[server] ? Fleet.publishedNode : none, server: server, node: 1)
                // Mostly there is room far behind alone.
                if server < 600, isEmpty[server], generator.below(8) > 0 {
                    isEmpty[server] = false
                    cluster.setFree(none, server: server, node: 1)
                }
            }
            let expected = isEmpty.firstIndex(of: true).map { Placement(server: $0, node: 1) }
            let chosen = policy.placement(for: Request(cpu: 4, mem: 8), on: cluster)
            try #require(chosen == expected)
            if isEmpty[..<600].filter({ $0 }).count > 2 {
                for server in 0..<600 where isEmpty[server] {
                    isEmpty[server] = false
                    cluster.setFree(none, server: server, node: 1)
                }
            }
        }
    }

    /// A policy that is handed from one cluster to another decides about the one that it is given.
    @Test func clustersAreNotMixedUp() throws {
        var generator = Xoshiro256StarStar(seed: 3)
        let fleet = try Fleet(servers: 100)
        var one = ClusterState(fleet)
        var other = ClusterState(fleet)
        var policies = Policies()
        let request = Request(cpu: 20, mem: 5)
        /// Whether policies decide as those that know nothing.
        func agree(_ cluster: borrowing ClusterState) -> Bool {
            var fresh = Policies()
            return policies.first.placement(for: request, on: cluster)
                == fresh.first.placement(for: request, on: cluster)
                && policies.best.placement(for: request, on: cluster) == fresh.best.placement(for: request, on: cluster)
                && policies.balance.placement(for: request, on: cluster)
                    == fresh.balance.placement(for: request, on: cluster)
        }
        for step in 0..<200 {
            // As many changes to both, so that revisions do not tell them apart.
            for server in [generator.below(100), generator.below(100)] {
                let free = Resources(cpu: Double(generator.below(41)), mem: 90)
                one.setFree(free, server: server, node: step % 2)
                other.setFree(free, server: 99 - server, node: step % 2)
            }
            let (first, second) = (agree(one), agree(other))
            #expect(first && second)
        }
    }
}
