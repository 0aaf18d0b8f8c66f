import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Synchronization
import Testing

/// What policies make of the episodes of a plan.
@Suite struct EvaluationTests {
    private let trace: Trace
    private let fleet: Fleet
    private let plan: EpisodePlan

    init() throws {
        trace = try Samples.trace()
        fleet = try Samples.fleet()
        plan = try EpisodePlan(
            Scenario(trace, on: fleet),
            starts: Array(stride(from: 0, to: 400, by: 9)),
            until: .automatic
        )
    }

    private static func sources() throws -> [PolicySource] {
        [
            .heuristic(.firstFit), .heuristic(.bestFit), .heuristic(.balanceFit), .heuristic(.moveToFront),
            .heuristic(.random(seed: 0)), .heuristic(.random(seed: 5)), .model(try Samples.spane()),
            .model(try Samples.mlp()),
        ]
    }

    private func waits(_ source: PolicySource, _ plan: EpisodePlan, threads: Int) throws -> [Double] {
        try Evaluation(of: source, on: plan, threads: threads).totalWaits
    }

    /// One environment of its own and one policy of its own for each episode.
    private func wait(_ source: PolicySource, _ episode: EpisodePlan.Episode) throws -> Double {
        func play(_ policy: some Policy) throws -> Double {
            var policy = policy
            var environment = try Environment(trace: trace, fleet: fleet)
            try environment.reset(start: episode.start, until: .length(episode.length))
            try environment.finish(with: &policy)
            return environment.totalWait
        }
        return try play(source.makePolicy(for: fleet))
    }

    @Test(arguments: 0..<8)
    func episodesDoNotInfluenceEachOther(source: Int) throws {
        let source = try Self.sources()[source]
        let expected = try plan.episodes.map { try wait(source, $0) }
        for threads in [1, 2, 3, 8] { #expect(try waits(source, plan, threads: threads) == expected) }
        #expect(zip(expected, plan.episodes).allSatisfy { $0 >= $1.bound - 1e-6 })
        #expect(expected.contains { $0 > 0 })
    }

    @Test func episodesKeepTheirResultsInAnotherOrder() throws {
        let reversed = try EpisodePlan(
            Scenario(trace, on: fleet),
            starts: plan.episodes.map(\.start).reversed()
        )
        for source in try Self.sources() {
            let expected = try waits(source, plan, threads: 2)
            #expect(try waits(source, reversed, threads: 2) == expected.reversed())
        }
    }

    @Test func policiesDiffer() throws {
        // Otherwise a mix-up of policies would not show.
        let all = try Self.sources().map { try waits($0, plan, threads: 2) }
        #expect(Set(all).count == all.count)
    }

    @Test func decisionsAndTimeAreCounted() throws {
        let progress = Mutex<[Int]>([])
        let evaluation = try Evaluation(
            of: .heuristic(.firstFit),
            on: plan,
            threads: 3,
            progress: { done in progress.withLock { $0.append(done) } }
        )
        #expect(evaluation.decisionCount == plan.episodes.reduce(0) { $0 + $1.length })
        #expect(evaluation.seconds > 0)
        #expect(progress.withLock { $0 } == Array(1...plan.episodes.count))
    }

    @Test func anEmptyPlanIsPlayedAtOnce() throws {
        let nothing = try EpisodePlan(Scenario(trace, on: fleet), starts: [])
        let evaluation = try Evaluation(
            of: .heuristic(.firstFit),
            on: nothing,
            threads: 4
        )
        #expect(evaluation.totalWaits == [])
        #expect(evaluation.decisionCount == 0)
    }

    @Test(arguments: [1, 3])
    func aNetworkForAnotherClusterIsRefused(threads: Int) throws {
        let source = PolicySource.model(try Samples.mlp(servers: 4))
        let error = NetworkError(.shapeMismatch, "the network is bound to 4 servers and the cluster has 3")
        #expect(throws: error) { try waits(source, plan, threads: threads) }
        #expect(throws: error) { try source.makePolicy(for: fleet) }
    }
}
