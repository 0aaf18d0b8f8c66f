import SpaneScheduling
import SpaneTestSupport
import Testing

/// The rules of the field against their definitions.
@Suite struct NamedRuleTests {
    static let names =
        ServerScore.allCases.flatMap { score in NodeChoice.allCases.map { "\(score.rawValue)+\($0.rawValue)" } }
        + ["0.7*most-allocated,0.3*capacity-lost", "capacity-lost,100*most-allocated+spread", "-1*l2,2*first+pack"]

    @Test(arguments: 1...Layout.mostNodes)
    func rulesAreTheirDefinitions(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 33)
        var decided = 0
        for round in 0..<80 {
            let count = 2 + generator.below(6)
            let fleet = try PlainCluster(nodes: nodes, servers: count, refusals: generator.below(8), &generator)
            let mix = (0..<1 + generator.below(20)).map { _ in
                let ask = fleet.random.ask(&generator)
                return (ask: Ask(cpu: ask.cpu, mem: ask.mem, span: ask.span), count: Double(1 + generator.below(9)))
            }
            var distinct: [(ask: Ask, count: Double)] = []
            for part in mix where !distinct.contains(where: { $0.ask == part.ask }) { distinct.append(part) }
            let given = ExpectedFlavors(
                distinct.map {
                    ExpectedFlavors.Part(cpu: $0.ask.cpu, mem: $0.ask.mem, span: $0.ask.span, frequency: $0.count)
                }
            )
            var largest = PlainRule.Largest()
            for server in fleet.servers { largest.see(server) }
            let plainMix = PlainMix(distinct, largest: largest)
            let asks = (0..<4).map { _ in fleet.random.ask(&generator) }
            for (place, text) in Self.names.enumerated() where place % 4 == round % 4 || place >= 36 {
                let name = try #require(RuleName(text))
                let plain = PlainRule(name: name, layout: fleet.random.layout, largest: largest, mix: plainMix)
                var policy = RulePolicy(name, mix: given)
                for ask in asks {
                    let request = ask.request(fleet.random.layout)
                    let all = (0..<count).map { Int32($0) }
                    let candidates = generator.below(2) == 0 ? all : all.shuffled(using: &generator).dropLast(2)
                    let expected = plain.choose(fleet.servers, ask.plain(fleet.random.layout), among: candidates)
                    let chosen = policy.placement(for: request, on: fleet.cluster, among: candidates.span)
                    try #require(chosen == expected, "\(text), \(ask), round \(round)")
                    decided += expected == nil ? 0 : 1
                }
            }
        }
        #expect(decided > 1_000)
    }

    /// What is kept of many servers is right whatever happens to them, and while a mix is learned.
    @Test(arguments: [1, 2, 4], ["most-allocated+spread", "capacity-lost,10*most-allocated+capacity-lost"])
    func rulesFollowTheCluster(nodes: Int, text: String) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 34)
        var walk = try ClusterWalk(nodes: nodes, servers: 60, size: 60, generator)
        let name = try #require(RuleName(text))
        var policy = RulePolicy(name)
        var mix = PlainMix()
        let asks = (0..<6).map { _ in walk.random.ask(&generator) }
        var found = 0
        for round in 0..<150 {
            for _ in 0..<generator.below(4) { try walk.step() }
            var servers: [PlainServer] = []
            for place in 0..<walk.cluster.serverCount {
                servers.append(try #require(walk.naive.servers[walk.cluster.number(at: place)]))
            }
            // Of those that are there, whatever there was before.
            var largest = PlainRule.Largest()
            for server in servers { largest.see(server) }
            let ask = asks[generator.below(round < 60 ? 3 : 6)]
            mix.note(ask, largest: largest)
            let plain = PlainRule(name: name, layout: walk.random.layout, largest: largest, mix: mix)
            let all = servers.indices.map { Int32($0) }
            let isAll = generator.below(2) == 0
            let candidates = isAll ? all : all.filter { $0 % 3 > 0 }
            let request = ask.request(walk.random.layout)
            let expected = plain.choose(servers, ask.plain(walk.random.layout), among: candidates)
            // A copy learns and remembers for itself.
            if round % 5 == 0 {
                var copy = policy
                _ = copy.placement(for: asks[5].request(walk.random.layout), on: walk.cluster.state)
            }
            let chosen =
                isAll
                ? policy.placement(for: request, on: walk.cluster.state)
                : policy.placement(for: request, on: walk.cluster.state, among: candidates.span)
            try #require(chosen == expected, "round \(round)")
            if let chosen, generator.below(2) == 0 {
                found += 1
                let number = walk.cluster.number(at: chosen.server)
                let id = UInt64(1_000_000 + round)
                try walk.cluster.place(id, request, at: Placement(server: number, nodes: chosen.nodes))
                try #require(walk.naive.place(id, ask, number, chosen.nodes.rawValue) == nil)
            }
        }
        #expect(found > 30)
    }

    /// Frequencies are learned, halved, and forgotten at the start of an episode; the same requests teach the same.
    @Test func mixesFollowWhatIsAskedFor() throws {
        var generator = Xoshiro256StarStar(seed: 8)
        let fleet = try PlainCluster(nodes: 2, servers: 12, refusals: 3, &generator)
        let name = try #require(RuleName("capacity-lost"))
        var policy = RulePolicy(name)
        var largest = PlainRule.Largest()
        for server in fleet.servers { largest.see(server) }
        var episodes: [[Placement?]] = []
        var mixes: Set<Int> = []
        for _ in 0..<2 {
            var mix = PlainMix()
            var chosen: [Placement?] = []
            var generator = Xoshiro256StarStar(seed: 9)
            let asks = (0..<12).map { _ in fleet.random.ask(&generator) }
            policy.begin(start: 0, on: fleet.cluster)
            for round in 0..<7_000 {
                // What is asked for changes, and some of it never comes again.
                let ask = asks[(round / 3_000 * 4 + generator.below(4)) % 12]
                mix.note(ask, largest: largest)
                let found = policy.placement(for: ask.request(fleet.random.layout), on: fleet.cluster)
                chosen.append(found)
                guard round % 13 == 0 || round > 6_990 else { continue }
                let plain = PlainRule(name: name, layout: fleet.random.layout, largest: largest, mix: mix)
                let all = fleet.servers.indices.map { Int32($0) }
                let expected = plain.choose(fleet.servers, ask.plain(fleet.random.layout), among: all)
                try #require(found == expected, "round \(round)")
                mixes.insert(mix.entries.count)
            }
            episodes.append(chosen)
        }
        #expect(episodes[0] == episodes[1])
        #expect(mixes.count > 1)
    }

    @Test func namesAreReadAndWritten() throws {
        for text in Self.names {
            let name = try #require(RuleName(text))
            #expect(RuleName(name.description) == name)
            #expect(Heuristic(name: text) != nil)
        }
        #expect(RuleName("l2")?.description == "l2+spread")
        #expect(RuleName("10*l2,-2.50*first")?.description == "10*l2,-2.5*first+spread")
        for (text, weight) in [("1e+5*first", 1e5), ("1e-5*first+spread", 1e-5), ("1E+3*first+spread", 1e3)] {
            #expect(RuleName(text) == RuleName([RuleName.Term(.first, weight: weight)]))
        }
        #expect(RuleName("l2,1e+5*first+pack")?.description == "l2,100000*first+pack")
        #expect(RuleName("0.5*first,capacity-lost+pack")?.description == "0.5*first,capacity-lost+pack")
        for text in [
            "", "+", "most", "l2+", "+l2", "l2+far", "l2+pack+pack", "1e7*l2", "nan*l2", "*l2", "2*", "l2,", "2*3*l2",
            "1e+7*l2",
            "1e+5*l2+", "l2+1e+5*first", "1e+*l2", "+5*l2+pack+pack",
        ] {
            #expect(RuleName(text) == nil)
            #expect(Heuristic(name: text) == nil)
        }
    }
}
