import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Moves where nothing waits.
@Suite struct LossMovesTests {
    private static func vm(
        _ id: Int64,
        cpu: Double,
        mem: Double = 4,
        at arrival: Double,
        for lifetime: Double = 1000
    ) -> VirtualMachine {
        VirtualMachine(id: id, cpu: cpu, mem: mem, arrival: arrival, lifetime: lifetime)
    }

    /// Two servers of one node of 8 cores: three halves, of which one leaves, and a whole that then needs both halves on one server.
    private static func halves() throws -> Scenario {
        let vms = [
            vm(0, cpu: 4, at: 0), vm(1, cpu: 4, mem: 5, at: 1, for: 10), vm(2, cpu: 4, mem: 3, at: 2),
            vm(3, cpu: 8, at: 20),
        ]
        let fleet = try Fleet(
            layout: Layout(nodes: 1),
            types: [ServerType(nodes: [[8, 100]])],
            typeOfServer: [0, 0],
            spanRule: SpanRule(splitAbove: .infinity, splitFromCores: .infinity, span: 1)
        )
        return try Scenario(Trace(vms + (4..<8).map { vm($0, cpu: 1, at: 900 + Double($0)) }), on: fleet)
    }

    private func play(_ scenario: Scenario, _ moves: Int, length: Int) throws -> LossEpisode {
        let limits = MoveLimits(moves: moves, secondsPerGB: 1e6)
        var player = try LossPlayer(.heuristic(.firstFit), scenario.moving(limits))
        let episode = try player.play(start: 0, length: length)
        #expect(try player.play(start: 0, length: length) == episode)
        return episode
    }

    /// One move makes room, which takes no time, however long a GB takes.
    @Test func makesRoom() throws {
        let scenario = try Self.halves()
        let refused = try play(scenario, 0, length: 4)
        #expect(refused.all.refused.vms == 1)
        #expect(refused.moved == MoveCount())
        let placed = try play(scenario, 1, length: 4)
        #expect(placed.all.refused == LossEpisode.Count())
        #expect(placed.moved.moves == 1)
        // The smaller of the two goes.
        #expect(placed.moved.mem == 3)
        #expect(placed.moved.localMem == 0)
        #expect(placed.all.asked.mem == 16)
    }

    /// A server that fails after a move loses what runs there then, and nothing else.
    @Test(arguments: [0, 1])
    func outagesAfterMoves(server: Int) throws {
        let scenario = try Self.halves()
        let outages = [Outage(server: server, start: 30, end: 40, isFailure: true)]
        let limits = MoveLimits(moves: 1)
        var player = try LossPlayer(.heuristic(.firstFit), scenario.moving(limits), outages: outages)
        let episode = try player.play(start: 0, length: 5)
        // The two halves are on server 0 after the move, and the whole on server 1. Nothing finds another place.
        let lost = server == 0 ? [4.0, 4.0] : [8.0]
        #expect(episode.moved.moves == 1)
        #expect(episode.all.refused.vms == lost.count)
        #expect(episode.all.refused.cores == lost.reduce(0, +))
        #expect(episode.all.asked.vms == 5 + lost.count)
    }

    /// What a policy is asked again about is one decision.
    @Test func metricsAreTakenOnceADecision() throws {
        let plan = try EpisodePlan.withoutQueue(Self.halves(), starts: [0], length: 6).moving(MoveLimits(moves: 1))
        let loss = try LossEvaluation(of: .heuristic(.firstFit), on: plan, sampling: FleetSampling(samples: 3))
        let used = try #require(FleetMetric.all.firstIndex { $0.name == "used_cores" })
        // Before the whole comes half of the cores are used, and then all.
        let expected: Double = 2.5 / 3
        #expect(loss.episodes[0].figures.means[used] == expected)
    }

    @Test func figures() throws {
        let plan = try EpisodePlan.withoutQueue(Self.halves(), starts: [0], length: 4)
        let moving = try plan.moving(MoveLimits(moves: 1))
        let loss = try LossEvaluation(of: .heuristic(.firstFit), on: moving)
        #expect(loss.moveFigures(on: plan) == nil)
        let figures = try #require(loss.moveFigures(on: moving))
        #expect(figures.perThousandVMs == 250)
        #expect(figures.memShare == 0.1875)
        #expect(figures.localMemShare == 0)
        #expect(abs(figures.perDay - 4320) < 1e-9)
        // Of two policies, both of which placed all.
        let both = MoveFigures([loss.episodes.map(\.moved), [MoveCount()]], on: moving)
        #expect(both.perThousandVMs == 125)
        #expect(both.memShare == 0.09375)
    }

    /// No moves are the same as none allowed, and no thread matters.
    @Test func threadsDoNotMatter() throws {
        let scenario = try Scenario(Samples.trace(), on: Samples.fleet())
        let plan = try EpisodePlan.withoutQueue(scenario, starts: Array(0..<12), length: 200)
        let source = PolicySource.heuristic(.random(seed: 1))
        let none = try LossEvaluation(of: source, on: plan)
        #expect(try LossEvaluation(of: source, on: plan.moving(MoveLimits(moves: 0))).episodes == none.episodes)
        let moving = try plan.moving(MoveLimits(moves: 3, budget: 100))
        let one = try LossEvaluation(of: source, on: moving)
        #expect(one.episodes.contains { $0.moved.moves > 0 })
        #expect(one.all.refused.vms < none.all.refused.vms)
        for threads in [2, 5] {
            #expect(try LossEvaluation(of: source, on: moving, threads: threads).episodes == one.episodes)
        }

        let queue = try EpisodePlan(scenario, starts: Array(0..<8), until: .length(150))
        let waits = try Evaluation(of: source, on: queue)
        #expect(try Evaluation(of: source, on: queue.moving(MoveLimits(moves: 0))).totalWaits == waits.totalWaits)
        let first = try Evaluation(of: source, on: queue.moving(MoveLimits(moves: 3, budget: 100)))
        #expect(first.moved.contains { $0.moves > 0 })
        #expect(zip(first.totalWaits, queue.episodes).allSatisfy { $0 >= $1.bound })
        for threads in [2, 5] {
            let other = try Evaluation(
                of: source,
                on: queue.moving(MoveLimits(moves: 3, budget: 100)),
                threads: threads
            )
            #expect(other.totalWaits == first.totalWaits)
            #expect(other.moved == first.moved)
        }
    }

    /// Fewer servers suffice, and only the moves on so many count.
    @Test func serversNeeded() throws {
        let scenario = try Self.halves()
        let source = PolicySource.heuristic(.firstFit)
        func need(_ moves: Int) throws -> (servers: Int, moved: MoveCount) {
            try ServersNeeded.find(
                of: source,
                on: scenario.moving(MoveLimits(moves: moves)),
                start: 0,
                length: 4,
                from: 1
            )
        }
        let (plain, moving) = (try need(0), try need(1))
        #expect(plain.servers == 3 && plain.moved == MoveCount())
        #expect(moving.servers == 2 && moving.moved.moves == 1)

        // Whatever is moved on too few servers, where some VM is refused all the same, is not counted.
        let random = try Scenario(Samples.trace(), on: Samples.fleet()).moving(MoveLimits(moves: 2, budget: 50))
        for start in [0, 100, 250] {
            let bound = try random.serverBound(start: start, length: 150)
            let found = try ServersNeeded.find(of: source, on: random, start: start, length: 150, from: bound)
            #expect(found.servers >= bound)
            var player = try LossPlayer(source, random.scaled(to: found.servers))
            #expect(try player.play(start: start, length: 150).moved == found.moved)
        }
    }
}
