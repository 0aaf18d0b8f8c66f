import Foundation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Why a request gets its place: the ranking against the policy's own choices and the definitions of rules, the rest by counting.
@Suite struct DecisionTests {
    /// A policy of which nothing is known but its choices.
    private struct Turns: Policy {
        var policy: any Policy
        mutating func placement(
            for request: Request,
            on cluster: borrowing ClusterState,
            among servers: Span<Int32>?
        ) -> Placement? {
            policy.placement(for: request, on: cluster, among: servers)
        }
        var isLearning: Bool {
            get { policy.isLearning }
            set { policy.isLearning = newValue }
        }
    }

    @Test(arguments: 1...Layout.mostNodes)
    func rankingsAreTheChoicesOfThePolicy(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 93)
        let names = Heuristic.all.filter { $0.role == .policy }.map(\.name) + NamedRuleTests.names
        var ranked = 0
        for round in 0..<40 {
            let count = 2 + generator.below(8)
            let fleet = try PlainCluster(nodes: nodes, servers: count, refusals: generator.below(8), &generator)
            let asks = (0..<3).map { _ in fleet.random.ask(&generator) }
            for (place, name) in names.enumerated() where place < 5 || place % 8 == round % 8 {
                var policy = try #require(Heuristic(name: name)).makePolicy()
                for ask in asks {
                    let request = ask.request(fleet.random.layout)
                    let all = (0..<count).map { Int32($0) }
                    let candidates = generator.below(2) == 0 ? all : all.shuffled(using: &generator).dropLast(1)
                    let limit = generator.below(count + 2)
                    var (copy, turns) = (policy, Turns(policy: policy))
                    let found = copy.ranked(limit, for: request, on: fleet.cluster, among: candidates.span)
                    let expected = turns.ranked(limit, for: request, on: fleet.cluster, among: candidates.span)
                    try #require(found.map(\.placement) == expected.map(\.placement), "\(name), round \(round)")
                    try #require(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score }, "\(name)")
                    for one in found { try #require(one.parts.reduce(0) { $0 + $1.value } == one.score, "\(one)") }
                    let chosen = policy.placement(for: request, on: fleet.cluster, among: candidates.span)
                    try #require(limit == 0 || found.first?.placement == chosen, "\(name), round \(round)")
                    ranked += found.count
                }
            }
        }
        #expect(ranked > 1_000)
    }

    @Test(arguments: 1...Layout.mostNodes)
    func partsAreTheTermsOfTheRule(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 94)
        var compared = 0
        for round in 0..<40 {
            let fleet = try PlainCluster(nodes: nodes, servers: 6, refusals: generator.below(8), &generator)
            var largest = PlainRule.Largest()
            for server in fleet.servers { largest.see(server) }
            let mixed = fleet.random.ask(&generator)
            let part = (ask: Ask(cpu: mixed.cpu, mem: mixed.mem, span: mixed.span), count: 2.0)
            let given = ExpectedFlavors([.init(cpu: part.ask.cpu, mem: part.ask.mem, span: part.ask.span, frequency: 2)]
            )
            let ask = fleet.random.ask(&generator)
            for (place, text) in NamedRuleTests.names.enumerated() where place % 6 == round % 6 || place >= 36 {
                let name = try #require(RuleName(text))
                let plain = PlainRule(
                    name: name,
                    layout: fleet.random.layout,
                    largest: largest,
                    mix: PlainMix([part], largest: largest)
                )
                var policy = RulePolicy(name, mix: given)
                let request = ask.request(fleet.random.layout)
                for one in policy.ranked(6, for: request, on: fleet.cluster, among: nil) {
                    let server = fleet.servers[one.placement.server]
                    let (set, values) = try #require(plain.terms(of: server, ask.plain(fleet.random.layout)))
                    #expect(set == one.placement.nodes.rawValue)
                    try #require(one.parts.map(\.name) == name.terms.map(\.description))
                    for (part, (term, value)) in zip(one.parts, zip(name.terms, values)) {
                        let expected = term.weight * value
                        let isEqual = abs(part.value - expected) <= 1e-9 * max(1, abs(expected))
                        try #require(isEqual, "\(text): \(part), \(expected)")
                        compared += 1
                    }
                }
            }
        }
        #expect(compared > 300)
    }

    @Test(arguments: 1...Layout.mostNodes)
    func whatIsExcludedIsCounted(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 95)
        for round in 0..<60 {
            let random = try RandomFleet(nodes: nodes, servers: 7, &generator)
            var cluster = try Cluster(try random.configuration)
            for id in 0..<30 {
                let (request, server) = (random.ask(&generator).request(random.layout), 1 + generator.below(6))
                guard let nodes = fits(request, server, cluster) else { continue }
                try cluster.place(UInt64(id), request, at: Placement(server: server, nodes: nodes))
            }
            // The numbers of servers are not their places then.
            try cluster.removeServer(0)
            try cluster.cordon(1 + generator.below(6))
            let request = random.ask(&generator).request(random.layout)
            let decision = cluster.explain(request, by: FirstFit())
            var (reasons, kinds): ([Int: ServerReason], [ServerReason.Kind: Int]) = ([:], [:])
            for place in 0..<cluster.serverCount {
                let reason = cluster.state.reason(on: place, for: request)
                reasons[cluster.number(at: place)] = reason
                kinds[reason.kind, default: 0] += 1
            }
            #expect(decision.considered == 6)
            #expect(decision.withRoom == kinds[.fits] ?? 0)
            #expect(decision.best.count == min(3, decision.withRoom))
            for one in decision.best {
                let reason = try #require(reasons[one.placement.server])
                #expect(reason.kind == .fits && reason.nodes == one.placement.nodes)
            }
            kinds[.fits] = nil
            #expect(Dictionary(uniqueKeysWithValues: decision.excluded.map { ($0.kind, $0.count) }) == kinds)
            for refusal in decision.nearest {
                #expect(refusal.reason == reasons[refusal.server])
                let (node, amount) = (refusal.reason.node, refusal.reason.shortBy)
                #expect(refusal.shortages.contains { $0.amount == amount && $0.node == node })
            }
            let parsed = try JSONSerialization.jsonObject(with: Data(decision.json.utf8)) as? [String: Any]
            let json = try #require(parsed, "\(decision.json), round \(round)")
            #expect(json["considered"] as? Int == decision.considered)
            #expect((json["excluded"] as? [String: Int])?.count == decision.excluded.count)
            #expect((json["nearest"] as? [Any])?.count == decision.nearest.count)
            #expect((json["best"] as? [Any])?.count == decision.best.count)
            #expect(!decision.description.contains("\n") && !decision.json.contains("\n"))
        }
    }

    /// The servers that are listed are those that are least short.
    @Test(arguments: 1...Layout.mostNodes)
    func theNearestAreLeastShort(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 96)
        for _ in 0..<60 {
            let random = try RandomFleet(nodes: nodes, servers: 7, &generator)
            var cluster = try Cluster(try random.configuration)
            var servers = random.plain
            for id in 0..<30 {
                let (ask, server) = (random.ask(&generator), generator.below(7))
                guard let nodes = fits(ask.request(random.layout), server, cluster) else { continue }
                try cluster.place(UInt64(id), ask.request(random.layout), at: Placement(server: server, nodes: nodes))
                servers[server].take(ask.plain(random.layout), nodes.rawValue)
            }
            let ask = random.ask(&generator)
            let decision = cluster.explain(ask.request(random.layout), by: BestFit())
            func key(_ server: PlainServer) -> Double? {
                PlainReason(server, ask.plain(random.layout)).shortage.map { ($0.isTooSmall ? 1e12 : 0) + $0.sum }
            }
            let least = servers.compactMap(key).sorted().prefix(3)
            let found = decision.nearest.compactMap { key(servers[$0.server]) }
            try #require(found.count == least.count)
            for (one, other) in zip(found, least) { #expect(abs(one - other) <= 1e-9 * max(1, abs(other))) }
        }
    }

    private func fits(_ request: Request, _ server: Int, _ cluster: borrowing Cluster) -> NodeSet? {
        let reason = cluster.state.reason(on: server, for: request)
        return reason.kind == .fits ? reason.nodes : nil
    }

    @Test func aDecisionIsALineOfText() throws {
        var cluster = Cluster(spanRule: .published)
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 16, mem: 64), count: 3))
        for server in 0..<2 {
            try cluster.place(
                UInt64(server),
                cluster.request(cpu: 14, mem: 8),
                at: Placement(server: server, node: server)
            )
        }
        try cluster.place(7, cluster.request(cpu: 24, mem: 64), at: Placement(server: 2, nodes: NodeSet(first: 2)))
        let rule = try #require(RuleName("most-allocated,2*balanced+pack"))
        let small = cluster.explain(try cluster.request(cpu: 4, mem: 8), by: RulePolicy(rule), best: 2)
        #expect(
            small.description == """
                4 cores and 8 GB on one node: 3 servers considered, 3 have room. Best: node 0 of server 2 (-0.875 = \
                most-allocated -0.563, 2*balanced -0.313); node 1 of server 0 (-1.75 = most-allocated -1.313, \
                2*balanced -0.438).
                """
        )
        #expect(
            small.json == """
                {"request":"4 cores and 8 GB on one node","considered":3,"with_room":3,"excluded":{},"nearest":[],\
                "best":[\
                {"server":2,"nodes":[0],"score":-0.875,"parts":[{"name":"most-allocated","value":-0.5625},\
                {"name":"2*balanced","value":-0.3125}]},{"server":0,"nodes":[1],"score":-1.75,"parts":[\
                {"name":"most-allocated","value":-1.3125},{"name":"2*balanced","value":-0.4375}]}]}
                """
        )
        let large = cluster.explain(try cluster.request(cpu: 20, mem: 40), by: BestFit())
        #expect(
            large.description == """
                20 cores and 40 GB over 2 nodes: 3 servers considered, 0 have room. Excluded: 3 no room. Least short: \
                server 0 by 8 cores on node 0; server 1 by 8 cores on node 1; server 2 by 6 cores on node 0, 6 cores on \
                node 1.
                """
        )
        #expect(large.json.contains(#""short":[{"resource":"cpu","node":0,"by":8.0}]}"#))
        let vast = cluster.explain(try cluster.request(cpu: 17, mem: 8), by: BestFit(), best: 0)
        #expect(vast.description.contains("Excluded: 3 too small. Least short: server 0 by 1 cores on node 0, even if"))
        let one = cluster.explain(try cluster.request(cpu: 1, mem: 8), by: BestFit(), among: ([2] as [Int32]).span)
        #expect(
            one.description.hasSuffix("1 server considered, 1 has room. Best: node 0 of server 2 (remaining -0.25).")
        )
    }
}
