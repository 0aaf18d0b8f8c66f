import CSpaneHeader
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Many environments at once do what each of them does alone.
@Suite struct VectorEnvironmentTests {
    private static let servers = 2

    private func makeSmallTrace() throws -> Owned {
        var generator = Xoshiro256StarStar(seed: 8)
        return try makeTrace(RandomTrace.vms(.fractional, count: 400, servers: Self.servers, &generator))
    }

    struct Plan: Sendable, CustomTestStringConvertible {
        let autoreset: Int32
        let threads: Int32
        let end: Int32
        var testDescription: String { "autoreset \(autoreset), \(threads) threads, end \(end)" }
    }

    static let plans = [SPANE_AUTORESET_NEXT_STEP, SPANE_AUTORESET_SAME_STEP, SPANE_AUTORESET_DISABLED].flatMap {
        mode in
        [1, 2, 4].flatMap { threads in
            [SPANE_END_LENGTH, SPANE_END_EXCEED, SPANE_END_AUTO].map {
                Plan(autoreset: mode, threads: threads, end: $0)
            }
        }
    }

    @Test(arguments: plans)
    func equalsSingleEnvironments(plan: Plan) throws {
        let trace = try makeSmallTrace()
        let count = 13
        var options = vectorOptions
        options.count = Int32(count)
        options.threads = plan.threads
        options.autoreset = plan.autoreset
        options.seed = 77
        options.start_low = 5
        options.start_high = 380
        options.end_kind = plan.end
        options.end_count = plan.end == SPANE_END_LENGTH ? 12 : plan.end == SPANE_END_EXCEED ? 2 : 0
        let isSameStep = plan.autoreset == SPANE_AUTORESET_SAME_STEP
        let vec = try Vector(trace, smallOptions(servers: Self.servers), options, Self.servers, final: isSameStep)
        var singles: [Single] = []
        for index in 0..<count { singles.append(try Single(trace, options, index, Self.servers)) }
        expect(spane_vec_env_step(vec.handle.pointer, Array(repeating: 0, count: count)), SPANE_BAD_STATE, "reset")
        try ok(spane_vec_env_reset(vec.handle.pointer, nil, nil))
        for index in 0..<count {
            try singles[index].start()
            try vec.compare(singles[index], row: index)
        }
        var generator = Xoshiro256StarStar(seed: 1)
        var ends = 0
        for _ in 0..<120 {
            if plan.autoreset == SPANE_AUTORESET_DISABLED {
                let which = singles.map { UInt8($0.isFinished ? 3 : 0) }
                if let first = which.firstIndex(where: { $0 != 0 }) {
                    let actions = vec.actions(&generator)
                    expect(spane_vec_env_step(vec.handle.pointer, actions), SPANE_BAD_STATE, "environment \(first) ")
                    try ok(spane_vec_env_reset(vec.handle.pointer, nil, which))
                    for index in 0..<count where which[index] != 0 { try singles[index].start() }
                }
            }
            let actions = vec.actions(&generator)
            try ok(spane_vec_env_step(vec.handle.pointer, actions))
            for index in 0..<count {
                if singles[index].isFinished {
                    try #require(plan.autoreset == SPANE_AUTORESET_NEXT_STEP)
                    try singles[index].start()
                } else {
                    try singles[index].step(actions[index])
                }
                let hasEnded = singles[index].isFinished
                ends += hasEnded ? 1 : 0
                try vec.compareReport(singles[index], row: index)
                if hasEnded, isSameStep {
                    try vec.compareFinal(singles[index], row: index)
                    try singles[index].start(keepingReport: true)
                }
                try vec.compare(singles[index], row: index)
            }
        }
        #expect(ends > 20)
        // With the seed again, all is as it was at first.
        var seed: UInt64 = 77
        try ok(spane_vec_env_reset(vec.handle.pointer, &seed, nil))
        for index in 0..<count {
            var single = try Single(trace, options, index, Self.servers)
            try single.start()
            try vec.compare(single, row: index)
            try vec.compareReport(single, row: index)
        }
    }

    @Test func anActionThatIsNotAvailableChangesNothing() throws {
        let vms = (0..<30).map { VirtualMachine(id: $0, cpu: 8, mem: 1, arrival: 0, lifetime: 10) }
        var options = vectorOptions
        options.count = 4
        options.start_high = 3
        options.end_kind = SPANE_END_EXCEED
        options.end_count = 20
        let vec = try Vector(try makeTrace(vms), smallOptions(servers: 1), options, 1)
        try ok(spane_vec_env_reset(vec.handle.pointer, nil, nil))
        try ok(spane_vec_env_step(vec.handle.pointer, [0, 1, 0, 1]))
        let before = try vec.texts()
        let arrays = vec.contents
        expect(spane_vec_env_step(vec.handle.pointer, [1, 0, 0, 0]), SPANE_INFEASIBLE_ACTION, "actions[2]", "no room")
        expect(spane_vec_env_step(vec.handle.pointer, [1, -1, 1, 0]), SPANE_INFEASIBLE_ACTION, "actions[1]", "0 ... 1")
        expect(spane_vec_env_step(vec.handle.pointer, [1, 0, 1, .max]), SPANE_INFEASIBLE_ACTION, "actions[3]")
        #expect(try vec.texts() == before)
        #expect(vec.contents == arrays)
        try ok(spane_vec_env_step(vec.handle.pointer, [1, 0, 1, 0]))
        #expect(try vec.texts() != before)
    }

    @Test func refusesImpossibleOptions() throws {
        let trace = try makeTrace(count: 100, seed: 5)
        func refuse(_ words: String, _ change: (inout spane_vec_env_options) -> Void) {
            var options = vectorOptions
            change(&options)
            var vec: OpaquePointer?
            expect(spane_vec_env_new(trace.pointer, nil, &options, &vec), SPANE_INVALID_ARGUMENT, words)
            #expect(vec == nil)
        }
        for count in [0, -1, 1_048_577, Int32.min] { refuse("count is \(count)") { $0.count = count } }
        for count in [-1, 1025, Int32.max] { refuse("threads is \(count)") { $0.threads = count } }
        refuse("autoreset is 3") { $0.autoreset = 3 }
        refuse("reserved") { $0.reserved = 1 }
        refuse("end_kind") { $0.end_kind = -1 }
        refuse("end_count") { $0.end_count = 1 }
        for number in [0, 99, -1, Int64.max, Int64.min] {
            refuse("end_count is \(number)") { ($0.end_kind, $0.end_count) = (SPANE_END_LENGTH, number) }
        }
        refuse("end_count is 0") { $0.end_kind = SPANE_END_EXCEED }
        for (low, high) in [(-1, 5), (5, 5), (6, 5), (0, 100), (0, -1), (99, 0), (.min, .max), (.max, 0)] {
            refuse("start_low is \(low)") { ($0.start_low, $0.start_high) = (Int64(low), Int64(high)) }
        }
        refuse("0 ... 49") { ($0.end_kind, $0.end_count, $0.start_high) = (SPANE_END_LENGTH, 49, 51) }
        var options = environmentOptions
        options.servers = 524_288
        var many = vectorOptions
        many.count = 1 << 20
        var vec: OpaquePointer?
        expect(spane_vec_env_new(trace.pointer, &options, &many, &vec), SPANE_OUT_OF_MEMORY, "bytes")
        #expect(vec == nil)
    }

    @Test func refusesCallsOutOfTurn() throws {
        let trace = try makeTrace(count: 100, seed: 5)
        let vec = try Owned(spane_vec_env_free) { spane_vec_env_new(trace.pointer, nil, nil, &$0) }
        expect(spane_vec_env_step(vec.pointer, [0]), SPANE_BAD_STATE, "bind")
        expect(spane_vec_env_reset(vec.pointer, nil, nil), SPANE_BAD_STATE, "bind")
        var arrays = spane_vec_env_buffers()
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_UNKNOWN_VERSION, "struct_size")
        arrays.struct_size = UInt32(MemoryLayout<spane_vec_env_buffers>.size)
        let real = UnsafeMutablePointer<Double>.allocate(capacity: 64)
        defer { real.deallocate() }
        let bytes = UnsafeMutableRawPointer(real).assumingMemoryBound(to: UInt8.self)
        let floats = UnsafeMutableRawPointer(real).assumingMemoryBound(to: Float.self)
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_NULL_POINTER, "observation")
        arrays.observation = floats
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_NULL_POINTER, "mask")
        arrays.mask = bytes
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_NULL_POINTER, "reward")
        arrays.reward = real
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_NULL_POINTER, "terminated")
        arrays.terminated = bytes
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_NULL_POINTER, "truncated")
        arrays.truncated = bytes
        arrays.final_mask = bytes
        expect(spane_vec_env_bind(vec.pointer, &arrays), SPANE_INVALID_ARGUMENT, "SAME_STEP")
        var info = spane_env_info()
        info.struct_size = UInt32(MemoryLayout<spane_env_info>.size)
        for index in [-1, 1, Int32.max] {
            expect(spane_vec_env_describe(vec.pointer, index, &info), SPANE_INVALID_ARGUMENT, "index is \(index)")
        }
        expect(spane_vec_env_describe(vec.pointer, 0, &info), SPANE_OK)
        #expect(info.start == -1 && info.finished == 1)
    }

    @Test func environmentsStartInDifferentPlaces() throws {
        let trace = try makeTrace(count: 5000, seed: 5)
        var options = vectorOptions
        options.count = 64
        let vec = try Vector(trace, environmentOptions, options, 5)
        try ok(spane_vec_env_reset(vec.handle.pointer, nil, nil))
        let first = vec.starts
        #expect(Set(first).count > 50)
        try ok(spane_vec_env_reset(vec.handle.pointer, nil, nil))
        #expect(vec.starts != first)
    }

    @Test func threadsEndWithTheirEnvironments() throws {
        let trace = try makeTrace(count: 500, seed: 5)
        for _ in 0..<50 {
            var options = vectorOptions
            options.count = 8
            options.threads = 4
            let vec = try Vector(trace, environmentOptions, options, 5)
            try ok(spane_vec_env_reset(vec.handle.pointer, nil, nil))
        }
    }
}
