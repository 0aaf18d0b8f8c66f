import CSpaneHeader
import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Moves through C are those in Swift.
@Suite struct MovesTests {
    private static let servers = 3
    private static let limits = MoveLimits(
        moves: 3,
        budget: 100,
        prices: MovePrices(move: 1),
        secondsPerGB: 0.25
    )

    private func options(_ moves: Int32 = 3) -> spane_env_options {
        var options = smallOptions(servers: Self.servers)
        options.moves = moves
        options.move_budget = 100
        options.move_price = 1
        options.move_seconds_per_gb = 0.25
        return options
    }

    private func trace(_ count: Int = 250) throws -> Trace {
        var generator = Xoshiro256StarStar(seed: 8)
        return try Trace(RandomTrace.vms(.fractional, count: count, servers: Self.servers, &generator))
    }

    private func fleet() throws -> Fleet { try Fleet(servers: Self.servers, node: RandomTrace.node) }

    /// Step by step, and on from a saved state.
    @Test func environments() throws {
        let trace = try trace()
        let handle = try makeTrace(trace)
        let env = try makeEnvironment(handle, options())
        var environment = try Environment(Scenario(trace, on: fleet(), moves: Self.limits))
        try environment.reset(start: 5, until: .length(200))
        try ok(spane_env_reset(env.pointer, 5, SPANE_END_LENGTH, 200))
        var generator = Xoshiro256StarStar(seed: 1)
        var others: [Owned] = [env]
        while !environment.isFinished {
            let action = try anyAction(environment.mask, &generator)
            try environment.step(Action(rawValue: action))
            for other in others {
                try ok(spane_env_step(other.pointer, action, nil))
                let found = try info(of: other)
                #expect(found.moves == environment.moved.moves)
                #expect(found.moved == environment.moved.mem && found.moved_local == environment.moved.localMem)
                #expect(found.clock == environment.clock && found.total_wait == environment.totalWait)
            }
            guard environment.placedCount == 100 else { continue }
            let state = try savedState(of: env)
            others.append(try Owned(spane_env_free) { spane_env_load_memory(handle.pointer, state, state.count, &$0) })
            let restored = try makeEnvironment(handle, options())
            try ok(spane_env_restore_memory(restored.pointer, state, state.count))
            others.append(restored)
            // It is a state of environments with these moves alone.
            for moves in [0, 2] as [Int32] {
                let plain = try makeEnvironment(handle, options(moves))
                expect(
                    spane_env_restore_memory(plain.pointer, state, state.count),
                    SPANE_SHAPE_MISMATCH,
                    "other options"
                )
            }
        }
        #expect(others.count == 3)
        let moves = environment.moved.moves
        #expect(moves > 5)
    }

    /// Without moves a state is of the version that older libraries read.
    @Test func versions() throws {
        let handle = try makeTrace(trace())
        for (moves, version) in [(0, 2), (3, 3)] as [(Int32, UInt8)] {
            let env = try makeEnvironment(handle, options(moves))
            try ok(spane_env_reset(env.pointer, 5, SPANE_END_LENGTH, 200))
            #expect(try savedState(of: env)[8] == version)
        }
    }

    /// Evaluations with and without a queue fill the counts.
    @Test func evaluations() throws {
        let trace = try trace()
        let handle = try makeTrace(trace)
        var options = spane_evaluation_options()
        try ok(spane_evaluation_options_init(&options))
        let small = smallOptions(servers: Self.servers)
        (options.servers, options.node_cpu, options.node_mem) = (small.servers, small.node_cpu, small.node_mem)
        (options.split_above, options.length, options.threads) = (small.split_above, 100, 2)
        (options.moves, options.move_budget, options.move_price) = (3, 100, 1)
        options.move_seconds_per_gb = 0.25
        let starts: [Int64] = [0, 40, 90]
        var moved = [Double](repeating: -1, count: 2 * 3 * Int(SPANE_MOVED_VALUES))
        var waits = [Double](repeating: -1, count: 6)
        let scenario = try Scenario(trace, on: fleet(), moves: Self.limits)
        func expected(_ counts: [MoveCount]) -> [Double] {
            counts.flatMap { [Double($0.moves), $0.mem, $0.localMem] }
        }
        let sources = [PolicySource.heuristic(.firstFit), .heuristic(.bestFit)]
        try "first-fit".withCString { first in
            try "best-fit".withCString { second in
                var policies = [spane_policy(), spane_policy()]
                for (index, name) in [first, second].enumerated() {
                    policies[index].struct_size = UInt32(MemoryLayout<spane_policy>.size)
                    policies[index].heuristic = name
                }
                let plan = try EpisodePlan(scenario, starts: [0, 40, 90], until: .length(100))
                let played = try sources.map { try Evaluation(of: $0, on: plan) }
                try moved.withUnsafeMutableBufferPointer { buffer in
                    options.moved = buffer.baseAddress
                    try ok(
                        spane_evaluate(handle.pointer, &options, starts, 3, policies, 2, nil, &waits, nil, nil)
                    )
                }
                #expect(moved == expected(played.flatMap(\.moved)))
                #expect(waits == played.flatMap(\.totalWaits))
                #expect(played[0].moved.contains { $0.moves > 0 })

                let loss = try EpisodePlan.withoutQueue(scenario, starts: [0, 40, 90], length: 100)
                let refused = try sources.map { try LossEvaluation(of: $0, on: loss) }
                try moved.withUnsafeMutableBufferPointer { buffer in
                    options.moved = buffer.baseAddress
                    try ok(
                        spane_evaluate_fleet(
                            handle.pointer,
                            &options,
                            starts,
                            3,
                            policies,
                            2,
                            0,
                            0,
                            nil,
                            nil,
                            nil,
                            nil
                        )
                    )
                }
                #expect(moved == expected(refused.flatMap { $0.episodes.map(\.moved) }))
            }
        }
    }

    @Test func badOptions() throws {
        let handle = try makeTrace(trace())
        func refuses(_ words: String, _ change: (inout spane_env_options) -> Void) {
            var options = options()
            change(&options)
            var env: OpaquePointer?
            expect(spane_env_new(handle.pointer, &options, &env), SPANE_INVALID_ARGUMENT, words)
            #expect(env == nil)
        }
        refuses("options->moves is 65; it must be in 0 ... SPANE_MAX_MOVES (64)") { $0.moves = 65 }
        refuses("options->moves is -1") { $0.moves = -1 }
        refuses("options->move_budget is -1; it must not be negative") { $0.move_budget = -1 }
        refuses("options->move_price is -1.0; it must be in 0 ... 1e6") { $0.move_price = -1 }
        refuses("options->move_price is nan") { $0.move_price = .nan }
        refuses("options->move_seconds_per_gb is inf; it must be in 0 ... 1e6") { $0.move_seconds_per_gb = .infinity }
        #expect(Int(SPANE_MAX_MOVES) == MoveLimits.largestMoves)
    }
}
