import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// What a session keeps from one decision to the next is used: it would decide the same without, only slower.
@Suite struct CountersTests {
    private static let requests = [
        Request(cpu: 1, mem: 2, isSplit: false), Request(cpu: 4, mem: 8, isSplit: false),
    ]

    /// Places many VMs of two sizes; `decisions` receives how many there were.
    private func counters(
        _ architecture: Architecture,
        servers: Int,
        isFilled: Bool = false,
        decisions: inout Int
    ) throws -> DecisionCounters {
        var generator = Xoshiro256StarStar(seed: 5)
        let model = try RandomModel.make(architecture, &generator)
        var cluster = ClusterState(try Fleet(servers: servers))
        if isFilled { cluster.fillAtRandom(steps: 10, &generator) }
        var session = try model.makeSession(on: cluster)
        #expect(session.counters == DecisionCounters())
        for round in 0..<200 {
            let request = Self.requests[round % 2]
            guard let placement = session.placement(for: request, on: cluster) else { break }
            decisions += 1
            cluster.place(request, at: placement)
        }
        return session.counters
    }

    private func potential(_ units: PotentialArchitecture.Units) throws -> Architecture {
        .potential(PotentialArchitecture(hidden: try LayerShape(width: 6, depth: 1), context: .request, units: units))
    }

    @Test func shortlistsAnswer() throws {
        var decisions = 0
        let counters = try counters(.spane(.published()), servers: 600, isFilled: true, decisions: &decisions)
        #expect(decisions == 200 && counters.byShortlist > 100)
        #expect(counters.byTree == 0 && counters.cachedScores == 0)
    }

    @Test(arguments: PotentialArchitecture.Units.allCases)
    func treesAnswerAndScoresAreRemembered(units: PotentialArchitecture.Units) throws {
        var decisions = 0
        let counters = try counters(potential(units), servers: 100, decisions: &decisions)
        // Each of the two requests has its tree made once.
        #expect(decisions == 200 && counters.byTree == 198 && counters.byShortlist == 0)
        // All servers are equal at the start, and the same few states come back.
        #expect(counters.cachedScores > 0 && counters.computedScores > 0)
    }

    @Test(arguments: PotentialArchitecture.Units.allCases)
    func scoresAreRememberedWithoutTrees(units: PotentialArchitecture.Units) throws {
        var decisions = 0
        let counters = try counters(potential(units), servers: 8, decisions: &decisions)
        #expect(counters.byTree == 0 && counters.cachedScores > 4 * counters.computedScores)
    }

    /// What a session did for servers of another kind is not forgotten when it is fit to these.
    @Test func adaptingKeepsTheCount() throws {
        var generator = Xoshiro256StarStar(seed: 6)
        let model = try RandomModel.make(potential(.trainedNode), &generator)
        let small = ClusterState(try Fleet(servers: 60))
        var session = try model.makeSession(on: small)
        for _ in 0..<5 { _ = session.placement(for: Self.requests[0], on: small) }
        #expect(session.counters.byTree == 4)
        let large = ClusterState(try Fleet(servers: 80))
        try session.adapt(to: large)
        for _ in 0..<5 { _ = session.placement(for: Self.requests[0], on: large) }
        #expect(session.counters.byTree == 8)
    }
}
