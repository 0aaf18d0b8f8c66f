import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Synchronization
import Testing

/// Policies of the caller's own. First Fit, written as one, must do what First Fit does.
@Suite struct ExternalPolicyTests {
    /// The first action with room in each row.
    private static func firstFit(batch: Int?) -> ExternalPolicy {
        ExternalPolicy(name: "mine", batch: batch) { decisions in
            for row in 0..<decisions.count {
                let mask = unsafe UnsafeBufferPointer(
                    start: decisions.masks + row * decisions.maskSize,
                    count: decisions.maskSize
                )
                unsafe decisions.actions[row] = Int32(mask.firstIndex(of: 1) ?? -1)
            }
        }
    }

    /// Nodes have no distances: else First Fit takes those that are nearest to each other, of which the actions say nothing.
    private static func scenario(nodes: Int, servers: Int, vms: Int, _ generator: inout Xoshiro256StarStar) throws
        -> Scenario
    {
        let random = try RandomFleet(nodes: nodes, servers: servers, &generator)
        let trace = try Trace(random.vms(count: vms, &generator), resources: random.extras)
        let fleet = try Fleet(
            layout: random.layout,
            types: random.types.map { ServerType(nodes: $0.nodes, shared: $0.shared, traits: $0.traits) },
            typeOfServer: random.typeOfServer,
            spanRule: random.spanRule
        )
        return try Scenario(trace, on: fleet)
    }

    /// Waits, moves and metrics, whatever the batch, on fleets of every shape.
    @Test(arguments: 1...Layout.mostNodes)
    func withAQueue(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 91)
        var (waited, moved) = (0, 0)
        for _ in 0..<4 {
            let scenario = try Self.scenario(nodes: nodes, servers: 3, vms: 150, &generator)
            let plan = try EpisodePlan(scenario, starts: [0, 30, 7, 60, 0], until: .length(70))
            for moves in [0, 2] {
                let plan = try plan.moving(MoveLimits(moves: moves))
                let sampling = FleetSampling(samples: 3)
                let expected = try Evaluation(of: .heuristic(.firstFit), on: plan, sampling: sampling)
                for batch in [1, 2, 64, nil] {
                    let mine = try Evaluation(
                        of: .external(Self.firstFit(batch: batch)),
                        on: plan,
                        sampling: sampling,
                        threads: 2
                    )
                    #expect(mine.totalWaits == expected.totalWaits)
                    #expect(mine.moved == expected.moved)
                    #expect(mine.figures == expected.figures)
                }
                waited += expected.totalWaits.count { $0 > 0 }
                moved += expected.moved.reduce(0) { $0 + $1.moves }
            }
        }
        #expect(waited > 10)
        #expect(moved > 0)
    }

    /// What is refused, moves and metrics; and how many servers are needed.
    @Test(arguments: 1...Layout.mostNodes)
    func withoutAQueue(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 92)
        var refused = 0
        for moves in [0, 0, 2] {
            let scenario = try Self.scenario(nodes: nodes, servers: 2, vms: 150, &generator)
            let plan = try EpisodePlan.withoutQueue(scenario, starts: [0, 30, 7], length: 70)
                .moving(MoveLimits(moves: moves))
            let expected = try LossEvaluation(of: .heuristic(.firstFit), on: plan).episodes
            let windows = try EpisodePlan.windows(scenario, starts: [0, 30, 7], length: 40)
                .moving(MoveLimits(moves: moves))
            let needed = try windows.episodes.map { window in
                try ServersNeeded.find(
                    of: .heuristic(.firstFit),
                    on: windows.scenario,
                    start: window.start,
                    length: window.length,
                    from: Int(window.bound)
                )
            }
            for batch in [1, 2, nil] {
                let mine = Self.firstFit(batch: batch)
                #expect(try LossEvaluation(of: .external(mine), on: plan).episodes == expected)
                var found: [Int: (servers: Int, moved: MoveCount)] = [:]
                try ServersNeeded.find(of: mine, on: windows.scenario, windows.episodes, threads: 1) { found[$0] = $1 }
                for (window, needed) in needed.enumerated() {
                    #expect(found[window]?.servers == needed.servers)
                    #expect(found[window]?.moved == needed.moved)
                }
            }
            refused += expected.reduce(0) { $0 + $1.all.refused.vms }
        }
        #expect(refused > 5)
    }

    @Test func outages() throws {
        var generator = Xoshiro256StarStar(seed: 5, stream: 93)
        let scenario = try Self.scenario(nodes: 2, servers: 3, vms: 150, &generator)
        let outages = (0..<3).map { server in
            Outage(server: server, start: 40 * Double(server), end: 40 * Double(server) + 30, isFailure: server < 2)
        }
        func play(_ source: PolicySource) throws -> LossEpisode {
            try LossPlayer.play(source, scenario, outages: outages, start: 2, length: 120, progress: .none)
        }
        let expected = try play(.heuristic(.firstFit))
        #expect(expected.all.asked.vms > 120)
        #expect(try play(.external(Self.firstFit(batch: nil))) == expected)
    }

    /// Enough rows for several threads; and what each row says.
    @Test func rowsAndThreads() throws {
        let trace = try Samples.trace(count: 900)
        let fleet = try Fleet(servers: 24, node: RandomTrace.node)
        let starts = (0..<200).map { ($0 * 7) % 600 }
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: starts, until: .length(50))
        let next = Mutex<[Int: Int]>([:])
        let own = Self.firstFit(batch: 128)
        let checking = ExternalPolicy(name: "checking", batch: 128) { decisions in
            #expect(decisions.servers == 24 && decisions.maskSize == 48 && decisions.observationSize == 99)
            for row in 0..<decisions.count {
                let (episode, vm) = unsafe (Int(decisions.episodes[row]), Int(decisions.vms[row]))
                let isFirst = unsafe decisions.isFirst[row] == 1
                next.withLock { next in
                    #expect(isFirst == (next[episode] == nil))
                    #expect(vm == next[episode, default: plan.episodes[episode].start])
                    next[episode] = vm + 1
                }
                // Cores of the VM.
                let asked = unsafe decisions.observations[row * 99 + 96]
                #expect(asked == Float(plan.scenario.request(of: vm).cpu))
            }
            try own.decide(decisions)
        }
        let expected = try Evaluation(of: .heuristic(.firstFit), on: plan).totalWaits
        for threads in [1, 3] {
            next.withLock { $0 = [:] }
            let mine = try Evaluation(of: .external(checking), on: plan, threads: threads)
            #expect(mine.totalWaits == expected)
            #expect(next.withLock { $0 } == Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($0, $1 + 50) }))
        }
    }

    @Test func mistakes() throws {
        let plan = try EpisodePlan(Scenario(Samples.trace(), on: Samples.fleet()), starts: [5, 9], until: .length(20))
        func play(_ decide: @escaping ExternalPolicy.Decide) throws {
            _ = try Evaluation(of: .external(ExternalPolicy(name: "mine", decide: decide)), on: plan)
        }
        for (action, why) in [
            (99, "action is 99; a cluster of 3 servers has actions 0 ... 5"),
            (-1, "action is -1; a cluster of 3 servers has actions 0 ... 5"),
        ] {
            // Both rows are wrong; the first is named.
            #expect(
                throws: SchedulingError(.unavailableAction, "mine: VM 5 of episode 0 (start 5): \(why)")
            ) {
                try play { decisions in
                    for row in 0..<decisions.count { unsafe decisions.actions[row] = Int32(action) }
                }
            }
        }
        let full = #expect(throws: SchedulingError.self) {
            try play { decisions in for row in 0..<decisions.count { unsafe decisions.actions[row] = 0 } }
        }
        #expect(full?.description.contains("has no room") == true)
        #expect(throws: SchedulingError(.cancelled, "enough")) {
            try play { _ in throw SchedulingError(.cancelled, "enough") }
        }
        #expect(throws: (any Error).self) {
            try PolicySource.external(Self.firstFit(batch: 1)).makePolicy(for: Samples.fleet())
        }
    }
}
