import CSpaneHeader
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Copies and saved states go on bit for bit.
@Suite struct EnvironmentStateTests {
    private static let servers = 3

    private func start(
        _ style: RandomTrace.Style = .fractional,
        reward: Int32 = SPANE_REWARD_BALANCE,
        seed: UInt64 = 1
    ) throws -> (trace: Owned, env: Owned) {
        var generator = Xoshiro256StarStar(seed: seed)
        let trace = try makeTrace(RandomTrace.vms(style, count: 200, servers: Self.servers, &generator))
        var options = smallOptions(servers: Self.servers)
        options.reward = reward
        options.balance_weight = 0.5
        let env = try makeEnvironment(trace, options)
        try ok(spane_env_reset(env.pointer, 20, SPANE_END_LENGTH, 150))
        return (trace, env)
    }

    private func step(_ env: Owned, _ count: Int, _ generator: inout Xoshiro256StarStar) throws -> [String] {
        var seen: [String] = []
        for _ in 0..<count where try info(of: env).finished == 0 {
            var result = spane_step_result()
            let mask = try mask(of: env, servers: Self.servers)
            try ok(spane_env_step(env.pointer, try anyAction(mask, &generator), &result))
            seen.append("\(result)")
            seen.append(try info(of: env).text)
            seen.append("\(try observation(of: env, servers: Self.servers))")
        }
        return seen
    }

    @Test(arguments: RandomTrace.Style.allCases, [SPANE_REWARD_LOG_WAIT, SPANE_REWARD_BALANCE])
    func goesOnBitForBit(style: RandomTrace.Style, reward: Int32) throws {
        let (trace, env) = try start(style, reward: reward)
        var generator = Xoshiro256StarStar(seed: 3)
        _ = try step(env, 60, &generator)
        let state = try savedState(of: env)
        let copy = try Owned(spane_env_free) { spane_env_clone(env.pointer, &$0) }
        let loaded = try Owned(spane_env_free) { spane_env_load_memory(trace.pointer, state, state.count, &$0) }
        let restored = try start(style, reward: reward).env
        try ok(spane_env_restore_memory(restored.pointer, state, state.count))
        for other in [copy, loaded, restored] { #expect(try savedState(of: other) == state) }
        let random = generator
        let expected = try step(env, 200, &generator)
        #expect(expected.count == 3 * 90)
        for other in [copy, loaded, restored] {
            var generator = random
            #expect(try step(other, 200, &generator) == expected)
            #expect(try savedState(of: other) == savedState(of: env))
        }
        // And back again, from the end.
        try ok(spane_env_restore_memory(env.pointer, state, state.count))
        var again = random
        #expect(try step(env, 200, &again) == expected)
    }

    @Test func savesEveryKindOfMoment() throws {
        let (trace, env) = try start()
        var generator = Xoshiro256StarStar(seed: 3)
        let never = try makeEnvironment(trace, smallOptions(servers: Self.servers))
        #expect(try savedState(of: never).count < savedState(of: env).count + 1)
        for (start, kind, number, steps) in [
            (0, SPANE_END_LENGTH, 10, 0), (0, SPANE_END_LENGTH, 10, 10), (190, SPANE_END_EXCEED, 5, 50),
            (150, SPANE_END_EXCEED, 1, 50), (180, SPANE_END_AUTO, 0, 3), (180, SPANE_END_AUTO, 0, 99),
        ] as [(Int64, Int32, Int64, Int)] {
            try ok(spane_env_reset(env.pointer, start, kind, number))
            _ = try step(env, steps, &generator)
            let state = try savedState(of: env)
            let loaded = try Owned(spane_env_free) { spane_env_load_memory(trace.pointer, state, state.count, &$0) }
            #expect(try savedState(of: loaded) == state)
            #expect(try info(of: loaded).text == info(of: env).text)
        }
        let state = try savedState(of: never)
        let loaded = try Owned(spane_env_free) { spane_env_load_memory(trace.pointer, state, state.count, &$0) }
        expect(spane_env_step(loaded.pointer, 0, nil), SPANE_BAD_STATE)
        #expect(try info(of: loaded).start == -1)
    }

    @Test func noticesEveryChangedByte() throws {
        let (trace, env) = try start()
        var generator = Xoshiro256StarStar(seed: 3)
        _ = try step(env, 40, &generator)
        let state = try savedState(of: env)
        var other: OpaquePointer?
        for index in state.indices {
            var damaged = state
            damaged[index] ^= UInt8(1 + generator.below(255))
            expect(
                spane_env_load_memory(trace.pointer, damaged, damaged.count, &other),
                SPANE_FORMAT,
                "data",
                "damaged"
            )
            expect(spane_env_restore_memory(env.pointer, damaged, damaged.count), SPANE_FORMAT, "damaged")
        }
        for size in [0, 1, 7, 8, 15, 16, state.count - 8, state.count - 1] {
            expect(spane_env_load_memory(trace.pointer, state, size, &other), SPANE_FORMAT, "data")
        }
        expect(spane_env_load_memory(trace.pointer, state, -1, &other), SPANE_INVALID_ARGUMENT, "size")
        #expect(other == nil)
        #expect(try savedState(of: env) == state)
    }

    @Test func refusesAnotherTraceOrOtherOptions() throws {
        let (trace, env) = try start()
        let state = try savedState(of: env)
        let stranger = try start(seed: 2)
        var other: OpaquePointer?
        expect(
            spane_env_load_memory(stranger.trace.pointer, state, state.count, &other),
            SPANE_SHAPE_MISMATCH,
            "content_sha256"
        )
        expect(spane_env_restore_memory(stranger.env.pointer, state, state.count), SPANE_SHAPE_MISMATCH, "trace")
        for change in [
            { $0.servers = 4 }, { $0.node_cpu = 9 }, { $0.flags = 1 }, { $0.split_above = 11 },
            { $0.balance_weight = 2 }, { $0.reward = SPANE_REWARD_LOG_WAIT },
        ] as [(inout spane_env_options) -> Void] {
            var options = smallOptions(servers: Self.servers)
            options.reward = SPANE_REWARD_BALANCE
            options.balance_weight = 0.5
            let same = try makeEnvironment(trace, options)
            try ok(spane_env_restore_memory(same.pointer, state, state.count))
            change(&options)
            let changed = try makeEnvironment(trace, options)
            expect(spane_env_restore_memory(changed.pointer, state, state.count), SPANE_SHAPE_MISMATCH, "options")
        }
        #expect(other == nil)
    }

    /// A state whose checksum is right but that no episode can be in.
    @Test func refusesForgedStates() throws {
        let (trace, env) = try start()
        var generator = Xoshiro256StarStar(seed: 3)
        _ = try step(env, 40, &generator)
        let state = try savedState(of: env)
        let words = stride(from: 0, to: state.count, by: 8).map { offset in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(state[offset + $1]) << UInt64(8 * $1) }
        }
        var (refused, taken) = (0, 0)
        for index in words.indices.dropLast() {
            for value in [
                0, 1, 2, UInt64(Int64.max), 1 << 63, .max, words[index] &+ 1, 1.0.bitPattern, Double.nan.bitPattern,
            ] {
                var forged = words
                forged[index] = value
                var checksum: UInt64 = 0x5350_414E_4500_0001
                for word in forged.dropLast() {
                    checksum = (checksum ^ word) &* 0x9E37_79B9_7F4A_7C15
                    checksum ^= checksum >> 29
                }
                forged[forged.count - 1] = checksum
                let bytes = forged.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
                var other: OpaquePointer?
                let status = spane_env_load_memory(trace.pointer, bytes, bytes.count, &other)
                if status == SPANE_OK {
                    // Whatever is taken can be played to its end.
                    taken += 1
                    let loaded = try Owned(spane_env_free) {
                        $0 = other
                        return SPANE_OK
                    }
                    let servers = Int(try info(of: loaded).servers)
                    for _ in 0..<300 where try info(of: loaded).finished == 0 {
                        let mask = try mask(of: loaded, servers: servers)
                        try ok(spane_env_step(loaded.pointer, try anyAction(mask, &generator), nil))
                    }
                    #expect(try info(of: loaded).finished == 1)
                } else {
                    refused += 1
                    #expect(other == nil && !lastError.isEmpty)
                    #expect(
                        [SPANE_FORMAT, SPANE_SHAPE_MISMATCH, SPANE_UNKNOWN_VERSION, SPANE_OUT_OF_MEMORY].contains(
                            status
                        )
                    )
                }
            }
        }
        #expect(refused > taken && taken > 0)
    }
}
