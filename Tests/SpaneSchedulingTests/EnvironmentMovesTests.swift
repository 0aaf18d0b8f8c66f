import SpaneScheduling
import SpaneTestSupport
import Testing

/// Environments that make room by moves, beside a referee that follows every one of them.
@Suite struct EnvironmentMovesTests {
    private struct Game {
        let fleet: RandomFleet
        let vms: [VirtualMachine]
        let trace: Trace
        let configuration: Fleet

        init(nodes: Int, _ generator: inout Xoshiro256StarStar) throws {
            fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(4), &generator)
            vms = fleet.vms(count: 130, &generator)
            trace = try Trace(vms, resources: fleet.extras)
            configuration = try fleet.configuration
        }

        func scenario(_ moves: MoveLimits?) throws -> Scenario { try Scenario(trace, on: configuration, moves: moves) }
    }

    private func play(
        _ environment: inout Environment,
        _ generator: inout Xoshiro256StarStar,
        steps: Int = .max
    ) throws -> [Environment.Step] {
        var seen: [Environment.Step] = []
        while !environment.isFinished, seen.count < steps {
            let mask = environment.mask
            let free = mask.indices.filter { mask[$0] == 1 }
            seen.append(try environment.step(Action(free[generator.below(free.count)])))
        }
        return seen
    }

    /// After every step the environment stands as the referee says, who has refused every move without room.
    @Test(arguments: 1...Layout.mostNodes, [0.0, 0.7])
    func besideTheReferee(nodes: Int, secondsPerGB: Double) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 81)
        var moved = MoveCount()
        var earlier = 0
        for round in 0..<8 {
            let game = try Game(nodes: nodes, &generator)
            let limits = MoveLimits(moves: 1 + round % 4, budget: 200, secondsPerGB: secondsPerGB)
            let scenario = try game.scenario(limits)
            var environment = try Environment(scenario)
            let (start, length) = (generator.below(10), 110)
            try environment.reset(start: start, until: .length(length))
            var referee = MoveReferee(scenario, game.fleet, game.vms, limits, start: start)
            while !environment.isFinished {
                let mask = environment.mask
                let free = mask.indices.filter { mask[$0] == 1 }
                let action = Action(free[generator.below(free.count)])
                let placement = environment.cluster.layout.placement(of: action, span: environment.request.span)
                try environment.step(action)
                try referee.step(placement, isLast: environment.isFinished)
                let snapshot = environment.snapshot
                try #require(snapshot.clock == referee.clock)
                try #require(snapshot.moved == referee.moved)
                try #require(snapshot.running == referee.running)
                let difference = environment.cluster.difference(from: referee.servers)
                try #require(difference == nil)
            }
            moved.moves += environment.moved.moves
            moved.mem += environment.moved.mem
            moved.localMem += environment.moved.localMem
            earlier += referee.earlier
            let (wait, bound) = (environment.totalWait, try scenario.waitBound(start: start, length: length))
            #expect(wait >= bound)
        }
        #expect(moved.moves > 0)
        #expect(nodes == 1 ? moved.localMem == 0 : moved.localMem > 0)
        // With moves that take time, some VMs end meanwhile.
        #expect(secondsPerGB == 0 ? earlier == 0 : earlier > 0)
    }

    /// No moves are the same as none allowed, bit for bit.
    @Test func noMoves() throws {
        var generator = Xoshiro256StarStar(seed: 5)
        for _ in 0..<6 {
            let game = try Game(nodes: 2, &generator)
            let limits = MoveLimits(moves: 0, secondsPerGB: 3)
            var plain = try Environment(game.scenario(nil))
            var zero = try Environment(game.scenario(limits))
            try plain.reset(start: 3, until: .length(100))
            try zero.reset(start: 3, until: .length(100))
            var again = generator
            let (one, other) = (try play(&plain, &generator), try play(&zero, &again))
            #expect(one == other)
            let (left, right, moved, moves) = (plain.snapshot, zero.snapshot, zero.moved, zero.scenario.moves)
            #expect(left == right)
            #expect(moved == MoveCount())
            #expect(moves == nil)
        }
    }

    /// A copy, and an environment that takes the state over, go on as the first does; a reset forgets the moves.
    @Test func statesGoOn() throws {
        var generator = Xoshiro256StarStar(seed: 6)
        var moves = 0
        for round in 0..<8 {
            let game = try Game(nodes: 1 + round % 3, &generator)
            let scenario = try game.scenario(MoveLimits(moves: 3, secondsPerGB: 0.25))
            var environment = try Environment(scenario)
            try environment.reset(start: 0, until: .length(120))
            _ = try play(&environment, &generator, steps: 60)
            let snapshot = environment.snapshot
            var copy = environment.copy()
            var other = try Environment(scenario)
            // What it has played before does not matter.
            try other.reset(start: 9, until: .length(50))
            var third = generator
            _ = try play(&other, &third)
            try other.restore(snapshot)
            let restored = other.snapshot
            #expect(restored == snapshot)
            var (second, again) = (generator, generator)
            let expected = try play(&environment, &generator)
            let (ofCopy, ofOther) = (try play(&copy, &second), try play(&other, &again))
            #expect(ofCopy == expected)
            #expect(ofOther == expected)
            let ends = (environment.snapshot, copy.snapshot, other.snapshot)
            #expect(ends.1 == ends.0)
            #expect(ends.2 == ends.0)
            moves += environment.moved.moves - snapshot.moved.moves
            // Without moves nobody can have come there.
            if snapshot.moved != MoveCount() {
                var plain = try Environment(game.scenario(nil))
                try refuses(&plain, snapshot)
            }
            try environment.reset(start: 0, until: .length(10))
            let forgotten = environment.moved
            #expect(forgotten == MoveCount())
        }
        #expect(moves > 10)
    }

    private func refuses(_ environment: inout Environment, _ snapshot: Environment.Snapshot) throws {
        do {
            try environment.restore(snapshot)
            Issue.record("\(snapshot.moved) is taken")
        } catch {
            #expect(error.description.contains("moves of"))
        }
    }

    @Test func statesThatCannotBe() throws {
        var generator = Xoshiro256StarStar(seed: 7)
        let game = try Game(nodes: 2, &generator)
        var environment = try Environment(game.scenario(MoveLimits()))
        try environment.reset(start: 0, until: .length(100))
        let good = environment.snapshot
        for change in [
            { $0.moved.moves = -1 }, { $0.moved.mem = -1 }, { $0.moved.mem = .infinity }, { $0.moved.localMem = .nan },
        ] as [(inout Environment.Snapshot) -> Void] {
            var bad = good
            change(&bad)
            try refuses(&environment, bad)
            let after = environment.snapshot
            #expect(after == good)
        }
    }
}
