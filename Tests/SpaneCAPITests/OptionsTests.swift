import CSpaneHeader
import SpaneCAPITestSupport
import SpaneScheduling
import Testing

/// The _init functions write what the _INIT macros stand for, to the last byte.
@Suite struct OptionsTests {
    private func bytes<Value>(_ value: Value, _ fill: (UnsafeMutablePointer<Value>) -> Void) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { buffer in
            guard let pointer = buffer.baseAddress else { return [] }
            memset(pointer, 0xFF, MemoryLayout<Value>.size)
            fill(pointer)
            return Array(UnsafeRawBufferPointer(start: pointer, count: MemoryLayout<Value>.size))
        }
    }

    private func memset(_ pointer: UnsafeMutableRawPointer, _ byte: UInt8, _ count: Int) {
        pointer.initializeMemory(as: UInt8.self, repeating: byte, count: count)
    }

    /// The name stands in the header for C, and in Swift for what knows no C.
    @Test func theDefaultPolicyIsTheBestRule() { #expect(SPANE_DEFAULT_POLICY == Heuristic.bestName) }

    @Test func functionsAndMacrosAgree() {
        #expect(
            bytes(spane_cluster_options()) { spane_cluster_options_init($0) }
                == bytes(spane_cluster_options()) { macro_cluster_options($0) }
        )
        #expect(
            bytes(spane_env_options()) { spane_env_options_init($0) }
                == bytes(spane_env_options()) { macro_env_options($0) }
        )
        #expect(
            bytes(spane_vec_env_options()) { spane_vec_env_options_init($0) }
                == bytes(spane_vec_env_options()) { macro_vec_env_options($0) }
        )
        #expect(
            bytes(spane_evaluation_options()) { spane_evaluation_options_init($0) }
                == bytes(spane_evaluation_options()) { macro_evaluation_options($0) }
        )
        #expect(
            bytes(spane_trace_columns()) { spane_trace_columns_init($0) }
                == bytes(spane_trace_columns()) { macro_trace_columns($0) }
        )
        #expect(
            bytes(spane_trace_buffers()) { spane_trace_buffers_init($0) }
                == bytes(spane_trace_buffers()) { macro_trace_buffers($0) }
        )
        var buffers = spane_vec_env_buffers()
        macro_vec_env_buffers(&buffers)
        #expect(Int(buffers.struct_size) == MemoryLayout<spane_vec_env_buffers>.size)
    }

    @Test func shorterStructsKeepTheDefaults() throws {
        let trace = try makeTrace(count: 50, seed: 1)
        var options = environmentOptions
        options.servers = 3
        options.node_cpu = .nan
        // Up to the flags; what follows is not read.
        options.struct_size = 16
        let env = try makeEnvironment(trace, options)
        #expect(try info(of: env).servers == 3)
        for size in [0, 7, 4097, UInt32.max] {
            options.struct_size = size
            var other: OpaquePointer?
            expect(spane_env_new(trace.pointer, &options, &other), SPANE_UNKNOWN_VERSION, "struct_size is \(size)")
        }
    }

    @Test func longerStructsAreReadAsFarAsTheyAreKnown() throws {
        let trace = try makeTrace(count: 50, seed: 1)
        var options = (environmentOptions, UInt64.max)
        options.0.struct_size += 8
        try withUnsafePointer(to: &options) { pointer in
            let known = UnsafeRawPointer(pointer).assumingMemoryBound(to: spane_env_options.self)
            let env = try Owned(spane_env_free) { spane_env_new(trace.pointer, known, &$0) }
            #expect(try info(of: env).servers == 5)
        }
    }

    @Test func defaultsAreThoseOfNoOptions() throws {
        let trace = try makeTrace(count: 50, seed: 1)
        let one = try Owned(spane_env_free) { spane_env_new(trace.pointer, nil, &$0) }
        let other = try makeEnvironment(trace, environmentOptions)
        for env in [one, other] { try ok(spane_env_reset(env.pointer, 0, SPANE_END_EXCEED, 1)) }
        #expect(try savedState(of: one) == savedState(of: other))
    }
}
