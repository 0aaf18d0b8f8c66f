import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Logs that are played with another policy, beside the simulators that play the trace itself.
@Suite struct ReplayTests {
    private static let rules = ["first-fit", "best-fit", "balance-fit", "most-allocated+spread", "dot-product+pack"]

    /// The VMs of a log; a trace has two more, which end an episode.
    private static let count = 400

    private func source(_ name: String) throws -> PolicySource { .heuristic(try #require(Heuristic(name: name))) }

    private func trace(_ style: RandomTrace.Style, _ seed: UInt64) throws -> Trace {
        var generator = Xoshiro256StarStar(seed: seed)
        return try Trace(RandomTrace.vms(style, count: Self.count + 2, servers: 3, &generator))
    }

    private func fleet(_ servers: Int) throws -> Fleet { try Fleet(servers: servers, node: RandomTrace.node) }

    /// What ran without a refusal on many servers is refused on few as the simulator without a queue says.
    @Test(arguments: RandomTrace.Style.allCases) func refusesAsTheSimulatorDoes(_ style: RandomTrace.Style) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let trace = try trace(style, seed)
            let tape = try EventTape.of(trace, count: Self.count, on: fleet(60), by: FirstFit())
            let facts = try LogFacts(tape)
            #expect(facts.figures.asked.vms == Self.count)
            #expect(facts.figures.refused.vms == 0)
            for rule in Self.rules {
                let policy = try source(rule)
                let plan = try EpisodePlan.withoutQueue(
                    Scenario(trace, on: fleet(3)),
                    starts: [0],
                    length: Self.count
                )
                let expected = try LossEvaluation(of: policy, on: plan).all
                let figures = try ReplayPlayer.play(tape, facts, by: policy, ReplayOptions(servers: 3))
                #expect(expected.refused.vms > 0)
                #expect(figures.refused.vms == expected.refused.vms, "\(style) \(seed) \(rule)")
                #expect(abs(figures.refused.cores - expected.refused.cores) < 1e-6)
                #expect(figures.asked.vms == Self.count)
                #expect(figures.waited == 0)
            }
        }
    }

    /// The same with moves, which the simulator plans by itself.
    @Test func makesRoomAsTheSimulatorDoes() throws {
        let (trace, limits) = (try trace(.whole, 5), MoveLimits(moves: 4))
        let tape = try EventTape.of(trace, count: Self.count, on: fleet(60), by: FirstFit())
        let facts = try LogFacts(tape)
        for rule in Self.rules {
            let policy = try source(rule)
            let plan = try EpisodePlan.withoutQueue(
                Scenario(trace, on: fleet(3), moves: limits),
                starts: [0],
                length: Self.count
            )
            let expected = try LossEvaluation(of: policy, on: plan)
            let figures = try ReplayPlayer.play(tape, facts, by: policy, ReplayOptions(servers: 3, moves: limits))
            #expect(figures.refused.vms == expected.all.refused.vms, "\(rule)")
            #expect(figures.moved.moves == expected.episodes[0].moved.moves)
            #expect(figures.moved.moves > 0)
        }
    }

    /// What ran at once on many servers waits on few as the simulator with a queue says.
    @Test(arguments: [RandomTrace.Style.whole, .fractionalSizes, .bursts])
    func waitsAsTheSimulatorDoes(_ style: RandomTrace.Style) throws {
        for seed in 11...13 as ClosedRange<UInt64> {
            let trace = try trace(style, seed)
            let tape = try EventTape.of(trace, count: Self.count, on: fleet(60), by: FirstFit())
            let facts = try LogFacts(tape)
            for rule in Self.rules {
                let policy = try source(rule)
                var environment = try Environment(Scenario(trace, on: fleet(3)))
                try environment.reset(start: 0, until: .length(Self.count))
                var player = try policy.makePolicy(for: fleet(3))
                try environment.finish(with: &player)
                let options = ReplayOptions(servers: 3, hasQueue: true)
                let figures = try ReplayPlayer.play(tape, facts, by: policy, options)
                #expect(figures.wait == environment.totalWait, "\(style) \(seed) \(rule)")
                #expect(figures.refused.vms == 0)
                #expect(figures.wait > 0)
            }
        }
    }

    /// The policy that made a log decides as it did then, refusals among them.
    @Test(arguments: rules) func decidesAsItDid(_ rule: String) throws {
        for style in RandomTrace.Style.allCases {
            var refused = 0
            let policy = try source(rule)
            let fleet = try fleet(3)
            let tape = try EventTape.of(
                trace(style, 7),
                count: Self.count,
                on: fleet,
                by: Anything(policy.makePolicy(for: fleet))
            ) { _ in
                refused += 1
            }
            let facts = try LogFacts(tape)
            let figures = try ReplayPlayer.play(tape, facts, by: policy)
            #expect(refused > 0)
            #expect(figures.refused.vms == refused)
            #expect(figures.refused == facts.figures.refused)
            #expect(figures.compared == figures.alike)
            #expect(figures.alike == Self.count - refused)
        }
    }

    /// A log in which nothing was refused has the trace in it from which it was made.
    @Test(arguments: [RandomTrace.Style.whole, .bursts]) func becomesATrace(_ style: RandomTrace.Style) throws {
        let trace = try trace(style, 9)
        let tape = try EventTape.of(trace, count: Self.count, on: fleet(60), by: FirstFit())
        let vms = try LogFacts(tape).trace(of: tape).vms
        #expect(vms.count == Self.count)
        let first = trace.vms[0].arrival
        for (vm, original) in zip(vms, trace.vms) {
            #expect(vm.arrival == original.arrival - first)
            #expect(vm.lifetime == original.lifetime)
            #expect((vm.cpu, vm.mem) == (original.cpu, original.mem))
        }
    }

    @Test func findsTheFewestServers() throws {
        let trace = try trace(.fractional, 3)
        let tape = try EventTape.of(trace, count: Self.count, on: fleet(60), by: FirstFit())
        let facts = try LogFacts(tape)
        for rule in Self.rules {
            let policy = try source(rule)
            let need = try #require(try ReplayNeed.servers(tape, facts, by: policy, ReplayOptions()))
            func refused(_ servers: Int) throws -> Int {
                try ReplayPlayer.play(tape, facts, by: policy, ReplayOptions(servers: servers)).refused.vms
            }
            #expect(try refused(need) == 0)
            #expect(try refused(need - 1) > 0)
        }
    }
}

/// A policy of any type.
private struct Anything: Policy {
    var policy: any Policy

    init(_ policy: any Policy) { self.policy = policy }

    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        policy.placement(for: request, on: cluster, among: servers)
    }

    mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        policy.ranked(limit, for: request, on: cluster, among: servers)
    }
}
