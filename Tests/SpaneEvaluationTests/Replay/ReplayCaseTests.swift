import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Small logs, of which everybody can tell what comes of them.
@Suite struct ReplayCaseTests {
    private let firstFit = PolicySource.heuristic(.firstFit)

    /// A VM that fills a node of a server, of which each has two.
    private let whole = Request(cpu: 40, mem: 9)

    private func at(_ server: Int, _ node: Int) -> Placement { Placement(server: server, node: node) }

    /// What happens on so many servers.
    private func tape(_ servers: Int, _ body: (inout Cluster, EventTape) throws -> Void) throws -> EventTape {
        var cluster = try Cluster(Fleet(servers: servers))
        let tape = EventTape()
        try tape.follow(&cluster)
        try body(&cluster, tape)
        return tape
    }

    private func replay(_ tape: EventTape, _ options: ReplayOptions = ReplayOptions()) throws -> ReplayFigures {
        try ReplayPlayer.play(tape, LogFacts(tape), by: firstFit, options)
    }

    /// An id that comes again is another VM, also while the earlier one still runs in the replay, as it had to wait.
    @Test func idsComeAgain() throws {
        let tape = try tape(2) { cluster, tape in
            for id in 0..<4 as Range<UInt64> {
                try cluster.place(id, whole, at: at(Int(id) / 2, Int(id) % 2))
            }
            tape.time = 10
            for id in 0..<4 as Range<UInt64> { _ = cluster.release(id) }
            for id in 0..<4 as Range<UInt64> {
                try cluster.place(id, whole, at: at(Int(id) / 2, Int(id) % 2))
            }
            tape.time = 15
            for id in 0..<4 as Range<UInt64> { _ = cluster.release(id) }
        }
        let figures = try replay(tape, ReplayOptions(servers: 1, hasQueue: true))
        #expect(figures.asked.vms == 8)
        #expect(figures.refused.vms == 0)
        // Two run 0 ... 10 and two 10 ... 20, then two 20 ... 25 and two 25 ... 30: 2 * 10 + 2 * 10 + 2 * 15 s.
        #expect(figures.waited == 6)
        #expect(figures.wait == 70)
    }

    /// A VM that the log never places is one, however often it is asked for and however long it runs here.
    @Test func askingAgainIsNoOtherVM() throws {
        let tape = try tape(1) { cluster, tape in
            try cluster.place(1, whole, at: at(0, 0))
            for turn in 0..<20 {
                tape.time = Double(turn)
                cluster.tell(.refuse(2, whole, group: 0))
                if turn == 4 { _ = cluster.release(1) }
            }
        }
        let facts = try LogFacts(tape)
        #expect(facts.figures.asked.vms == 2 && facts.figures.refused.vms == 1)
        let figures = try replay(tape)
        #expect(figures.asked.vms == 2)
        #expect(figures.refused.vms == 0)
        #expect(figures.decisions == 2)
    }

    /// Nobody waits behind a VM that no server could ever hold.
    @Test func whatNeverFitsBlocksNobody() throws {
        let tape = try tape(2) { cluster, tape in
            cluster.tell(.refuse(1, Request(cpu: 1000, mem: 9), group: 0))
            for id in 2...3 as ClosedRange<UInt64> { try cluster.place(id, whole, at: at(0, Int(id) - 2)) }
            tape.time = 5
            for id in 2...3 as ClosedRange<UInt64> { _ = cluster.release(id) }
        }
        let figures = try replay(tape, ReplayOptions(hasQueue: true))
        #expect(figures.asked.vms == 3)
        #expect(figures.refused.vms == 1)
        #expect(figures.waited == 0)
    }

    /// A rule that learns from what it is asked learns of a VM once, however long that waits.
    @Test func waitingTeachesNothing() throws {
        var generator = Xoshiro256StarStar(seed: 17)
        let trace = try Trace(RandomTrace.vms(.whole, count: 402, servers: 3, &generator))
        let fleet = try Fleet(servers: 60, node: RandomTrace.node)
        let tape = try EventTape.of(trace, count: 400, on: fleet, by: FirstFit())
        let few = try Fleet(servers: 3, node: RandomTrace.node)
        let policy = PolicySource.heuristic(try #require(Heuristic(name: "capacity-lost,10*most-allocated+spread")))
        var environment = try Environment(Scenario(trace, on: few))
        try environment.reset(start: 0, until: .length(400))
        var player = try policy.makePolicy(for: few)
        try environment.finish(with: &player)
        let options = ReplayOptions(servers: 3, hasQueue: true)
        let figures = try ReplayPlayer.play(tape, LogFacts(tape), by: policy, options)
        #expect(figures.wait > 0)
        #expect(figures.wait == environment.totalWait)
    }

    @Test func renamedVMsEnd() throws {
        let tape = try tape(1) { cluster, tape in
            try cluster.place(1, whole, at: at(0, 0))
            tape.time = 3
            try cluster.rename(1, to: 9)
            tape.time = 5
            _ = cluster.release(9)
            try cluster.place(1, whole, at: at(0, 0))
            tape.time = 7
            _ = cluster.release(1)
        }
        #expect(try replay(tape).asked.vms == 2)
        #expect(try LogFacts(tape).trace(of: tape).vms.map(\.lifetime) == [5, 2])
    }

    /// What a failure ends for good has ended; what runs at the end has run for so long.
    @Test func aTraceHasWhatIsKnownOfLifetimes() throws {
        let tape = try tape(2) { cluster, tape in
            try cluster.place(1, whole, at: at(0, 0))
            try cluster.place(2, whole, at: at(0, 1))
            try cluster.place(3, whole, at: at(1, 0))
            tape.time = 4
            _ = try cluster.failServer(0)
            try cluster.place(2, whole, at: at(1, 1))
            tape.time = 6
            try cluster.uncordon(0)
            try cluster.place(4, whole, at: at(0, 0))
            tape.time = 7
            _ = cluster.release(4)
            tape.time = 100
            try cluster.cordon(0)
        }
        #expect(try LogFacts(tape).trace(of: tape).vms.map(\.lifetime) == [4, 100, 100, 1])
    }

    /// What runs at the beginning takes its room once, and gives it back when it ends.
    @Test func whatRunsAtTheBeginningCountsOnce() throws {
        var cluster = try Cluster(Fleet(servers: 2))
        for server in 0..<2 {
            let vm = try cluster.request(cpu: 30, mem: 8)
            try cluster.place(UInt64(server), vm, at: at(server, 0))
        }
        let tape = EventTape()
        try tape.follow(&cluster)
        let large = Request(cpu: 70, mem: 60, span: 2)
        cluster.tell(.refuse(7, large, group: 0))
        #expect(try replay(tape).refused.vms == 1)
        let moved = try replay(tape, ReplayOptions(moves: MoveLimits(moves: 2)))
        #expect(moved.refused.vms == 0 && moved.moved.moves == 1)
        tape.time = 5
        _ = cluster.release(0)
        try cluster.place(7, large, at: Placement(server: 0, nodes: NodeSet(rawValue: 3)))
        let figures = try replay(tape)
        #expect(figures.refused.vms == 0 && figures.alike == 1 && figures.wait == 5)
        // Again after the scheduler was started again.
        try tape.follow(&cluster)
        tape.time = 6
        _ = cluster.release(7)
        try cluster.place(8, large, at: Placement(server: 0, nodes: NodeSet(rawValue: 3)))
        #expect(try replay(tape).alike == 2)
    }

    /// What happens in a trial that is dropped has not happened.
    @Test func trialsLast() throws {
        let tape = try tape(1) { cluster, tape in
            cluster.beginTrial()
            try cluster.place(1, whole, at: at(0, 0))
            cluster.beginTrial()
            try cluster.place(2, whole, at: at(0, 1))
            try cluster.keepTrial()
            try cluster.dropTrial()
            cluster.beginTrial()
            try cluster.place(3, whole, at: at(0, 0))
            cluster.beginTrial()
            try cluster.place(4, whole, at: at(0, 1))
            try cluster.dropTrial()
            try cluster.keepTrial()
        }
        let facts = try LogFacts(tape)
        #expect(facts.figures.asked.vms == 1)
        #expect(facts.events == 2)
        #expect(try replay(tape).alike == 1)
    }

    /// A scheduler that ends within a trial leaves it open; the state that follows says what is.
    @Test func aRestartForgetsOpenTrials() throws {
        let tape = try tape(1) { cluster, tape in
            try cluster.place(1, whole, at: at(0, 0))
            cluster.beginTrial()
            try cluster.place(2, whole, at: at(0, 1))
        }
        var again = try Cluster(Fleet(servers: 1))
        try again.record(1, whole, at: at(0, 0))
        tape.time = 9
        try tape.follow(&again)
        try again.place(3, whole, at: at(0, 1))
        tape.time = 11
        _ = again.release(1)
        let facts = try LogFacts(tape)
        #expect(facts.figures.asked.vms == 2)
        let figures = try replay(tape)
        #expect(figures.alike == 2 && figures.refused.vms == 0)
        #expect(try facts.trace(of: tape).vms.map(\.lifetime) == [11, 11])
    }
}
