import SpaneScheduling
import SpaneTestSupport
import Testing

/// Preferred traits: servers that lack fewer of them come first, whatever the policy.
@Suite struct PreferenceTests {
    private static let policies = [
        "first-fit", "best-fit", "balance-fit", "move-to-front", "l2+pack", "most-allocated", "random:3",
        Heuristic.bestName,
    ]

    /// Servers of a few kinds of traits, partly full.
    private func fleet(_ servers: Int, _ generator: inout Xoshiro256StarStar) throws -> Cluster {
        var cluster = Cluster(layout: .published)
        let types = (0..<5).map { index in
            var type = ServerType(equalNodes: 2, of: Resources(cpu: 16, mem: 32))
            type.traits = index == 0 ? 0 : generator.next() % 8
            return type
        }
        _ = try cluster.addServers((0..<servers).map { _ in Int32(generator.below(types.count)) }, of: types)
        try cluster.setLevels(["rack"])
        for server in 0..<servers { try cluster.setDomain(generator.below(4), of: server, level: 0) }
        return cluster
    }

    private func request(_ cluster: borrowing Cluster, _ generator: inout Xoshiro256StarStar) -> Request {
        cluster.state.layout.request(
            cpu: Double(1 + generator.below(8)),
            mem: Double(1 + generator.below(16)),
            span: 1 + generator.below(2),
            require: generator.below(4) == 0 ? 1 << generator.next() % 3 : 0,
            forbid: generator.below(6) == 0 ? 1 << generator.next() % 3 : 0,
            prefer: generator.next() % 8
        )
    }

    /// What is lacking and broken on each server, in plain loops: the places of each step.
    private func steps(
        _ request: Request,
        _ group: UInt64,
        _ referee: GroupReferee,
        _ candidates: [Int32],
        _ cluster: borrowing Cluster
    ) -> [[Int32]] {
        var steps: [Int: [Int32]] = [:]
        for place in candidates {
            let server = cluster.number(at: Int(place))
            guard let broken = referee.violations(group, request, on: server, of: cluster) else { continue }
            let lacking = (0..<3).count { bit in
                request.prefer >> UInt64(bit) & 1 == 1 && cluster.state.traits(of: Int(place)) >> UInt64(bit) & 1 == 0
            }
            steps[broken + lacking, default: []].append(place)
        }
        return steps.sorted { $0.key < $1.key }.map(\.value)
    }

    @Test(arguments: policies) func comeBeforeWhatThePolicyPrefers(name: String) throws {
        var generator = Xoshiro256StarStar(seed: 77)
        var (preferred, refused) = (0, 0)
        for servers in [7, 90] {
            var cluster = try fleet(servers, &generator)
            var referee = GroupReferee()
            for server in 0..<servers { referee.domains[server] = [0: try cluster.domain(of: server, level: 0)] }
            let rules: [UInt64: [GroupRule]] = [
                1: [GroupRule(.atMost, level: 0, count: 4), GroupRule(.atMost, isHard: false)],
                2: [GroupRule(.together, level: 0, isHard: false)], 3: [GroupRule(.together, level: 0)],
            ]
            for (group, rules) in rules { try cluster.setRules(rules, ofGroup: group) }
            referee.rules = rules
            var policy = try #require(Heuristic(name: name)).makePolicy()
            var plain = try #require(Heuristic(name: name)).makePolicy()
            // A policy that draws or learns is its own measure among the right servers.
            let isPlain = !name.hasPrefix("random") && name != Heuristic.bestName
            for id in 0..<500 as Range<UInt64> {
                let group = generator.below(3) == 0 ? UInt64(1 + generator.below(3)) : 0
                let request = request(cluster, &generator)
                let all = (0..<servers).map { Int32($0) }
                let steps = steps(request, group, referee, all, cluster)
                let fitting = steps.first { places in
                    places.contains { cluster.state.hasRoom(on: Int($0), for: request) }
                }
                let found = policy.placement(for: request, in: group, on: cluster)
                #expect((found == nil) == (fitting == nil))
                if isPlain {
                    let bare = cluster.state.layout.request(
                        cpu: request.cpu,
                        mem: request.mem,
                        span: request.span,
                        require: request.require,
                        forbid: request.forbid
                    )
                    var expected: Placement?
                    for places in steps where expected == nil {
                        expected = plain.placement(for: bare, on: cluster.state, among: places.span)
                    }
                    #expect(found == expected, "\(name), VM \(id)")
                }
                guard let found, let fitting else {
                    refused += 1
                    continue
                }
                #expect(fitting.contains(Int32(found.server)))
                preferred += request.prefer != 0 ? 1 : 0
                let outside = cluster.outside(found)
                try cluster.place(id, request, in: group, at: outside)
                #expect(cluster.find(id)?.request.prefer == request.prefer)
                referee.vms[id] = GroupReferee.VM(group: group, server: outside.server)
                if generator.below(3) == 0, let gone = referee.vms.keys.min() {
                    _ = cluster.release(gone)
                    referee.vms[gone] = nil
                }
            }
        }
        #expect(preferred > 200 && refused > 5)
    }

    /// Lists of candidates, and what each server lacks.
    @Test func holdAmongCandidatesToo() throws {
        var generator = Xoshiro256StarStar(seed: 5)
        var cluster = try fleet(12, &generator)
        var policy = BestFit()
        for id in 0..<300 as Range<UInt64> {
            let request = request(cluster, &generator)
            let candidates = (0..<12).map { Int32($0) }.shuffled(using: &generator).dropLast(generator.below(13))
            let steps = steps(request, 0, GroupReferee(), Array(candidates), cluster)
            let listed = cluster.allowed(in: 0, for: request, among: Array(candidates))
            #expect(listed.map { $0 == steps } ?? (request.prefer == 0))
            var expected: Placement?
            for places in steps where expected == nil {
                expected = BestFit().placementAmong(places, request, cluster)
            }
            let found = cluster.choose(in: 0, for: request, among: Array(candidates)) { request, servers, isFirst in
                policy.choose(servers, for: request, on: cluster.state, learning: isFirst)
            }
            #expect(found == expected)
            for place in candidates {
                let broken = try cluster.violations(ofGroup: 0, for: request, on: Int(place))
                #expect(broken == (request.prefer & ~cluster.state.traits(of: Int(place))).nonzeroBitCount)
            }
            if let found { try cluster.place(id, request, at: cluster.outside(found)) }
        }
    }

    private func bestRule() throws -> RulePolicy { RulePolicy(try #require(RuleName(Heuristic.bestName))) }

    /// A rule counts a VM once for its mix, however often it is asked.
    @Test func areLearnedFromOnce() throws {
        var cluster = Cluster()
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 40, mem: 90), count: 60))
        var (policy, plain) = (try bestRule(), try bestRule())
        var generator = Xoshiro256StarStar(seed: 9)
        for id in 0..<400 as Range<UInt64> {
            let (cpu, mem) = (Double(1 + generator.below(16)), Double(1 + generator.below(30)))
            let bare = cluster.state.layout.request(cpu: cpu, mem: mem, span: 1)
            // Nobody has it.
            let wishful = cluster.state.layout.request(cpu: cpu, mem: mem, span: 1, prefer: 1)
            let expected = plain.placement(for: bare, in: 0, on: cluster)
            #expect(policy.placement(for: wishful, in: 0, on: cluster) == expected)
            if let expected { try cluster.place(id, bare, at: expected) }
        }
    }
}

extension BestFit {
    /// A fresh one's choice.
    fileprivate func placementAmong(_ places: [Int32], _ request: Request, _ cluster: borrowing Cluster) -> Placement? {
        var policy = self
        return policy.placement(for: request, on: cluster.state, among: places.span)
    }
}
