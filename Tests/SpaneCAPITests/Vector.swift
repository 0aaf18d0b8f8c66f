import CSpaneHeader
import SpaneScheduling
import Testing

/// A vector environment and its arrays.
final class Vector {
    let handle: Owned
    private let count: Int
    private let servers: Int
    private let observations: UnsafeMutableBufferPointer<Float>
    private let masks: UnsafeMutableBufferPointer<UInt8>
    private let finalObservations: UnsafeMutableBufferPointer<Float>
    private let finalMasks: UnsafeMutableBufferPointer<UInt8>
    private let flags: UnsafeMutableBufferPointer<UInt8>
    private let reals: UnsafeMutableBufferPointer<Double>
    private let numbers: UnsafeMutableBufferPointer<Int64>

    init(
        _ trace: Owned,
        _ environment: spane_env_options,
        _ options: spane_vec_env_options,
        _ servers: Int,
        final: Bool = false
    ) throws {
        var (environment, options) = (environment, options)
        handle = try Owned(spane_vec_env_free) { spane_vec_env_new(trace.pointer, &environment, &options, &$0) }
        let count = Int(options.count)
        self.count = count
        self.servers = servers
        func make<Value>(_ size: Int, _ value: Value) -> UnsafeMutableBufferPointer<Value> {
            let buffer = UnsafeMutableBufferPointer<Value>.allocate(capacity: size)
            buffer.initialize(repeating: value)
            return buffer
        }
        observations = make(count * (4 * servers + 3), .nan)
        masks = make(count * 2 * servers, 7)
        finalObservations = make(count * (4 * servers + 3), -1)
        finalMasks = make(count * 2 * servers, 7)
        flags = make(2 * count, 7)
        reals = make(3 * count, -1)
        numbers = make(2 * count, -1)
        var arrays = spane_vec_env_buffers()
        arrays.struct_size = UInt32(MemoryLayout<spane_vec_env_buffers>.size)
        arrays.observation = observations.baseAddress
        arrays.mask = masks.baseAddress
        arrays.reward = reals.baseAddress
        arrays.wait = reals.baseAddress?.advanced(by: count)
        arrays.total_wait = reals.baseAddress?.advanced(by: 2 * count)
        arrays.terminated = flags.baseAddress
        arrays.truncated = flags.baseAddress?.advanced(by: count)
        arrays.placed = numbers.baseAddress
        arrays.start = numbers.baseAddress?.advanced(by: count)
        if final {
            arrays.final_observation = finalObservations.baseAddress
            arrays.final_mask = finalMasks.baseAddress
        }
        try ok(spane_vec_env_bind(handle.pointer, &arrays))
    }

    deinit {
        observations.deallocate()
        masks.deallocate()
        finalObservations.deallocate()
        finalMasks.deallocate()
        flags.deallocate()
        reals.deallocate()
        numbers.deallocate()
    }

    var starts: [Int64] { Array(numbers[count...]) }

    /// Everything that the arrays hold.
    var contents: [String] {
        [Array(observations).description, Array(masks).description, Array(flags).description, Array(reals).description]
            + [Array(numbers).description]
    }

    /// Where each environment stands.
    func texts() throws -> [String] {
        try (0..<count).map { index in
            var info = spane_env_info()
            info.struct_size = UInt32(MemoryLayout<spane_env_info>.size)
            try ok(spane_vec_env_describe(handle.pointer, Int32(index), &info))
            return info.text
        }
    }

    /// An available action for each environment; nonsense where there is none.
    func actions(_ generator: inout Xoshiro256StarStar) -> [Int32] {
        (0..<count).map { index in
            let mask = Array(masks[2 * servers * index..<2 * servers * (index + 1)])
            return (try? anyAction(mask.contains(1) ? mask : [1], &generator)) ?? -5
        }
    }

    // MARK: Comparing with environments of their own

    func compare(_ single: Single, row: Int) throws {
        let width = 4 * servers + 3
        #expect(
            Array(observations[width * row..<width * (row + 1)]) == (try observation(of: single.env, servers: servers))
        )
        #expect(
            Array(masks[2 * servers * row..<2 * servers * (row + 1)]) == (try mask(of: single.env, servers: servers))
        )
        #expect(try texts()[row] == info(of: single.env).text)
    }

    func compareFinal(_ single: Single, row: Int) throws {
        let width = 4 * servers + 3
        let final = Array(finalObservations[width * row..<width * (row + 1)])
        #expect(final == (try observation(of: single.env, servers: servers)))
        let mask = Array(finalMasks[2 * servers * row..<2 * servers * (row + 1)])
        #expect(mask == (try SpaneCAPITests.mask(of: single.env, servers: servers)))
    }

    func compareReport(_ single: Single, row: Int) throws {
        let info = try info(of: single.env)
        #expect(reals[row] == single.result.reward && reals[count + row] == single.result.wait)
        #expect(reals[2 * count + row] == info.total_wait)
        #expect(Int32(flags[row]) == single.result.terminated && Int32(flags[count + row]) == single.result.truncated)
        #expect(numbers[row] == info.placed && numbers[count + row] == info.start)
    }
}

/// One environment with the starts that environment `index` of a vector draws.
struct Single {
    let env: Owned
    private(set) var result = spane_step_result()
    private let options: spane_vec_env_options
    private var generator: Xoshiro256StarStar

    init(_ trace: Owned, _ options: spane_vec_env_options, _ index: Int, _ servers: Int) throws {
        env = try makeEnvironment(trace, smallOptions(servers: servers))
        self.options = options
        generator = Xoshiro256StarStar(seed: options.seed, stream: UInt64(index))
    }

    var isFinished: Bool { ((try? info(of: env).finished) ?? 1) == 1 }

    mutating func start(keepingReport: Bool = false) throws {
        let start = options.start_low + Int64(generator.below(Int(options.start_high - options.start_low)))
        try ok(spane_env_reset(env.pointer, start, options.end_kind, options.end_count))
        if !keepingReport { result = spane_step_result() }
    }

    mutating func step(_ action: Int32) throws { try ok(spane_env_step(env.pointer, action, &result)) }
}
