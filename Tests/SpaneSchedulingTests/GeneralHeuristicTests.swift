import SpaneScheduling
import SpaneTestSupport
import Testing

/// The heuristics on fleets of every shape against their definitions, spelled out by listing every set of nodes.
@Suite struct GeneralHeuristicTests {
    /// All that a heuristic may choose among, by candidate server.
    struct Choices {
        var all: [(server: Int, sets: [UInt8])] = []
        var servers: [PlainServer]

        init(_ servers: [PlainServer], _ request: PlainRequest, among candidates: [Int32]) {
            self.servers = servers
            for server in candidates.map({ Int($0) }) {
                let sets = servers[server].sets(request)
                if !sets.isEmpty { all.append((server, sets)) }
            }
        }

        private func placement(_ server: Int, _ set: UInt8?) -> Placement? {
            set.map { Placement(server: server, nodes: NodeSet(rawValue: $0)) }
        }

        var first: Placement? {
            all.first.flatMap { placement($0.server, NodeSetOracleTests.first($0.sets, servers[$0.server])) }
        }

        /// Least of the scarcer resource remains, summed over the nodes.
        var best: Placement? {
            let keyed = all.enumerated().map { position, choice in
                let (server, sets) = choice
                let set = NodeSetOracleTests.best(sets, servers[server]) { servers[server].remaining($0) } ?? 0
                let sum = PlainServer.nodes(set).reduce(0) { $0 + servers[server].remaining($1) }
                return (sum: sum, position: position, server: server, set: set)
            }
            return keyed.min { ($0.sum, $0.position) < ($1.sum, $1.position) }.flatMap { placement($0.server, $0.set) }
        }

        /// The roomiest nodes of the server whose nodes differ most.
        func balance(_ span: Int) -> Placement? {
            var widest = (gap: 0.0, server: -1)
            for (server, _) in all where servers[server].nodeCount > span {
                let shares = (0..<servers[server].nodeCount).map { servers[server].remaining($0) }
                let gap = (shares.max() ?? 0) - (shares.min() ?? 0)
                if gap > widest.gap { widest = (gap, server) }
            }
            guard let (server, sets) = all.first(where: { $0.server == widest.server }) else { return first }
            return placement(
                server,
                NodeSetOracleTests.best(sets, servers[server]) { -servers[server].remaining($0) }
            )
        }

        /// As many nodes as the VM spans from the last place on; `nil` when they have no room.
        func again(_ last: (server: Int, node: Int), _ span: Int) -> Placement? {
            guard let (server, sets) = all.first(where: { $0.server == last.server }) else { return nil }
            let count = servers[server].nodeCount
            guard last.node < count else { return nil }
            let set = (0..<span).reduce(UInt8(0)) { $0 | 1 << UInt8((last.node + $1) % count) }
            return sets.contains(set) ? placement(server, set) : nil
        }

        var available: Set<Placement> {
            Set(all.flatMap { server, sets in sets.compactMap { placement(server, $0) } })
        }
    }

    @Test(arguments: 1...Layout.mostNodes)
    func heuristicsAreTheirDefinitions(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 31)
        var decided = 0
        for _ in 0..<120 {
            let count = 1 + generator.below(5)
            let fleet = try PlainCluster(nodes: nodes, servers: count, refusals: generator.below(8), &generator)
            var moveToFront = MoveToFront()
            moveToFront.begin(start: 0, on: fleet.cluster)
            var last = (server: 0, node: 0)
            for _ in 0..<8 {
                let ask = fleet.random.ask(&generator)
                let request = ask.request(fleet.random.layout)
                let all = (0..<count).map { Int32($0) }
                let isAll = generator.below(2) == 0
                let candidates = isAll ? all : all.filter { _ in generator.below(2) == 0 }
                let choices = Choices(fleet.servers, ask.plain(fleet.random.layout), among: candidates)
                decided += choices.all.isEmpty ? 0 : 1
                func choice(_ policy: inout some Policy) -> Placement? {
                    isAll
                        ? policy.placement(for: request, on: fleet.cluster)
                        : policy.placement(for: request, on: fleet.cluster, among: candidates.span)
                }
                var (first, best, balance) = (FirstFit(), BestFit(), BalanceFit())
                try #require(choice(&first) == choices.first)
                try #require(choice(&best) == choices.best)
                try #require(choice(&balance) == choices.balance(ask.span))
                let again = choices.again(last, ask.span)
                try #require(choice(&moveToFront) == again ?? choices.first)
                if again == nil, let first = choices.first { last = (first.server, first.nodes.first) }
                var random = RandomFit(seed: UInt64(decided))
                let chosen = choice(&random)
                try #require(chosen.map { choices.available.contains($0) } ?? choices.available.isEmpty)
            }
        }
        #expect(decided > 300)
    }

    @Test(arguments: 1...Layout.mostNodes)
    func randomFitIsUniform(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 32)
        var checked = 0
        while checked < 3 {
            let fleet = try PlainCluster(nodes: nodes, servers: 3, refusals: 2, &generator)
            let ask = fleet.random.ask(&generator)
            let choices = Choices(fleet.servers, ask.plain(fleet.random.layout), among: [0, 1, 2]).available
            guard choices.count > 1 else { continue }
            checked += 1
            var policy = RandomFit(seed: UInt64(checked))
            policy.begin(start: nodes, on: fleet.cluster)
            var counts: [Placement: Int] = [:]
            let request = ask.request(fleet.random.layout)
            let draws = 200 * choices.count
            for _ in 0..<draws {
                let chosen = policy.placement(for: request, on: fleet.cluster)
                counts[try #require(chosen), default: 0] += 1
            }
            #expect(Set(counts.keys) == choices)
            // Chi squared: its mean is the degrees of freedom, its variance twice that.
            let squares = counts.values.reduce(0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
            let freedom = Double(choices.count - 1)
            #expect(squares < freedom + 6 * (2 * freedom).squareRoot() + 6)
        }
    }
}
