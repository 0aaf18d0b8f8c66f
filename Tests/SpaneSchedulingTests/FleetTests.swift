import SpaneScheduling
import SpaneTestSupport
import Testing

/// What a cluster may be made of.
@Suite struct FleetTests {
    @Test(arguments: [0, -3, 524_289])
    func impossibleServerCountsAreRefused(count: Int) {
        let error = SchedulingError(.invalidArgument, "servers is \(count); it must be in 1 ... 524288")
        #expect(throws: error) { try Fleet(servers: count) }
    }

    @Test func anEmptyListOfServersIsRefused() {
        let error = SchedulingError(.invalidArgument, "servers is 0; it must be in 1 ... 524288")
        #expect(throws: error) { try Fleet(nodeCapacities: []) }
    }

    @Test(arguments: [(0.0, 1.0), (1, 0), (-1, 1), (1, -2), (.nan, 1), (1, .nan), (.infinity, 1), (5e9, 1)])
    func impossibleCapacitiesAreRefused(cpu: Double, mem: Double) {
        let good = Resources(cpu: 40, mem: 90)
        let error = SchedulingError(
            .invalidArgument,
            "server 1: a NUMA node has \(cpu) cores and \(mem) GB; both must be above 0 and at most 4294967296.0"
        )
        #expect(throws: error) { try Fleet(nodeCapacities: [good, Resources(cpu: cpu, mem: mem)]) }
    }

    @Test func capacitiesThatRoundToNothingAreRefused() {
        for (cpu, mem, detail) in [(1e-7, 1.0, "1e-07 cores"), (1, 1e-9, "1e-09 GB")] {
            let error = SchedulingError(
                .invalidArgument,
                "server 0: a NUMA node has \(cpu) cores and \(mem) GB; \(detail) are below the smallest step of amounts, "
                    + "1e-06"
            )
            #expect(throws: error) { try Fleet(nodeCapacities: [Resources(cpu: cpu, mem: mem)]) }
        }
    }

    @Test func impossibleSplitRulesAreRefused() {
        for (value, text) in [(-1, "-1.0"), (Double.nan, "nan")] {
            let error = SchedulingError(.invalidArgument, "split-above is \(text) GB; it must not be negative")
            #expect(throws: error) { try Fleet(servers: 1, splitAbove: value) }
        }
    }

    @Test func thePublishedNumbersAreTheDefault() throws {
        let fleet = try Fleet(servers: 5)
        #expect(fleet.nodeCapacities == Array(repeating: Resources(cpu: 40, mem: 90), count: 5))
        #expect(fleet.actionCount == 10)
        // More than 10 GB, not 10 GB itself.
        #expect(!fleet.request(cpu: 4, mem: 10).isSplit)
        let split = fleet.request(cpu: 4, mem: 10.5)
        #expect(split.isSplit)
        #expect(split.demandPerNode == Resources(cpu: 2, mem: 5.25))
    }

    @Test func holdsWhatFitsOnAnEmptyServer() throws {
        let fleet = try Fleet(nodeCapacities: [
            Resources(cpu: 4, mem: 90), Resources(cpu: 40, mem: 9),
        ])
        #expect(fleet.canEverHold(Request(cpu: 40, mem: 9, isSplit: false)))
        #expect(fleet.canEverHold(Request(cpu: 8, mem: 180, isSplit: true)))
        // Each server has enough of one resource, none of both.
        #expect(!fleet.canEverHold(Request(cpu: 5, mem: 10, isSplit: false)))
        #expect(!fleet.canEverHold(Request(cpu: 81, mem: 18, isSplit: true)))
    }

    /// What a type could hold is told from the type, and from a server of it.
    @Test(arguments: 1...Layout.mostNodes)
    func typesAndServersAgreeAboutWhatTheyHold(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 43)
        var (held, limited) = (0, 0)
        let rounds = 400
        for _ in 0..<rounds {
            let random = try RandomFleet(nodes: nodes, servers: 1, &generator)
            let fleet = try random.configuration
            let cluster = ClusterState(fleet)
            var ask = random.ask(&generator)
            // Often just what a node has.
            if generator.below(2) == 0 { ask.cpu = Double(ask.span) * random.types[0].nodes[0][0] }
            if generator.below(8) == 0 { ask.span = 1 + generator.below(Layout.mostNodes) }
            let request = ask.request(random.layout)
            let expected = !random.plain[0].sets(ask.plain(random.layout)).isEmpty
            try #require(fleet.canEverHold(request) == expected, "\(ask) \(fleet.types)")
            try #require(cluster.canEverHold(request) == expected, "\(ask) \(fleet.types)")
            held += expected ? 1 : 0
            if ask.farthest < .max, ask.span > 1, !expected { limited += 1 }
        }
        #expect(held > rounds / 10 && held < rounds * 9 / 10)
        #expect(nodes == 1 || limited > 5)
    }
}
