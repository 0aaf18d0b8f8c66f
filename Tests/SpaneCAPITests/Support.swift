import CSpaneHeader
import SpaneCAPITestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import SpaneWorkloads
import Testing

/// A call that failed although it should not.
struct CallError: Error, CustomStringConvertible {
    let status: spane_status
    let message: String
    var description: String { "\(String(cString: spane_status_name(status))): \(message)" }
}

var lastError: String { String(cString: spane_last_error()) }

/// Throws unless a call succeeded.
func ok(_ status: spane_status) throws {
    if status != SPANE_OK { throw CallError(status: status, message: lastError) }
}

/// Expects a status and words that its message must have.
func expect(
    _ status: spane_status,
    _ expected: spane_status,
    _ words: String...,
    at location: SourceLocation = #_sourceLocation
) {
    let message = lastError
    #expect(status == expected, "\(message)", sourceLocation: location)
    for word in words { #expect(message.contains(word), "\(message)", sourceLocation: location) }
    #expect((status < 0) == !message.isEmpty, sourceLocation: location)
}

/// A handle that is given back when the last reference goes.
final class Owned {
    let pointer: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    init(_ free: @escaping (OpaquePointer?) -> Void, _ make: (inout OpaquePointer?) -> spane_status) throws {
        var made: OpaquePointer?
        try ok(make(&made))
        pointer = try #require(made)
        self.free = free
    }

    deinit { free(pointer) }
}

// MARK: Traces

func makeTrace(_ vms: [VirtualMachine]) throws -> Owned {
    try Owned(spane_trace_free) {
        let columns = Columns(
            ids: vms.map(\.id),
            cpu: vms.map(\.cpu),
            mem: vms.map(\.mem),
            arrival: vms.map(\.arrival),
            lifetime: vms.map(\.lifetime),
            span: vms.map { Int32($0.span) }
        )
        return spane_trace_new(&columns.pointers, vms.count, nil, &$0)
    }
}

func makeTrace(_ trace: Trace) throws -> Owned { try makeTrace(Array(trace.vms)) }

func makeTrace(count: Int, seed: UInt64) throws -> Owned {
    try Owned(spane_trace_free) { spane_trace_generate(count, seed, nil, &$0) }
}

// MARK: Environments

var environmentOptions: spane_env_options {
    var options = spane_env_options()
    spane_env_options_init(&options)
    return options
}

var vectorOptions: spane_vec_env_options {
    var options = spane_vec_env_options()
    spane_vec_env_options_init(&options)
    return options
}

var evaluationOptions: spane_evaluation_options {
    var options = spane_evaluation_options()
    spane_evaluation_options_init(&options)
    return options
}

/// Options for the servers that ``RandomTrace`` is made for.
func smallOptions(servers: Int) -> spane_env_options {
    var options = environmentOptions
    options.servers = Int32(servers)
    options.node_cpu = RandomTrace.node.cpu
    options.node_mem = RandomTrace.node.mem
    return options
}

func makeEnvironment(_ trace: Owned, _ options: spane_env_options) throws -> Owned {
    try withUnsafePointer(to: options) { options in
        try Owned(spane_env_free) { spane_env_new(trace.pointer, options, &$0) }
    }
}

func observation(of env: Owned, servers: Int) throws -> [Float] {
    let info = try info(of: env)
    #expect(info.servers == servers)
    var values = [Float](repeating: .nan, count: Int(info.observation_size))
    try ok(spane_env_observe(env.pointer, &values, values.count))
    return values
}

func mask(of env: Owned, servers: Int) throws -> [UInt8] {
    let info = try info(of: env)
    #expect(info.servers == servers)
    var mask = [UInt8](repeating: 7, count: Int(info.mask_size))
    try ok(spane_env_mask(env.pointer, &mask, mask.count))
    return mask
}

func info(of env: Owned) throws -> spane_env_info {
    var info = spane_env_info()
    info.struct_size = UInt32(MemoryLayout<spane_env_info>.size)
    try ok(spane_env_describe(env.pointer, &info))
    return info
}

func savedState(of env: Owned) throws -> [UInt8] {
    var size = 0
    try ok(spane_env_save_memory(env.pointer, nil, 0, &size))
    var bytes = [UInt8](repeating: 0, count: size)
    try ok(spane_env_save_memory(env.pointer, &bytes, bytes.count, &size))
    return bytes
}

extension spane_env_info {
    /// All fields as text, to compare.
    var text: String {
        "\(finished) \(terminated) \(truncated) \(clock) \(total_wait) \(start) \(head) \(placed) \(running) \(length)"
    }
}

/// A random action that is available.
func anyAction(_ mask: [UInt8], _ generator: inout Xoshiro256StarStar) throws -> Int32 {
    let available = mask.indices.filter { mask[$0] == 1 }
    try #require(!available.isEmpty)
    return Int32(available[generator.below(available.count)])
}

// MARK: Policies

extension spane_policy {
    /// A heuristic, a network, both or neither.
    init(_ heuristic: UnsafePointer<CChar>?, _ model: OpaquePointer? = nil) {
        self.init()
        struct_size = UInt32(MemoryLayout<spane_policy>.size)
        (self.heuristic, self.model) = (heuristic, model)
    }
}

/// Binds a heuristic or a network to a cluster.
func makeSession(_ cluster: OpaquePointer, _ heuristic: String) throws -> Owned {
    try heuristic.withCString { name in
        try Owned(spane_session_free) { spane_session_new(cluster, [spane_policy(name)], &$0) }
    }
}

func makeSession(_ cluster: OpaquePointer, _ model: Owned) throws -> Owned {
    try Owned(spane_session_free) { spane_session_new(cluster, [spane_policy(nil, model.pointer)], &$0) }
}

// MARK: Networks

func randomModel(_ seed: UInt64, servers: Int? = nil) throws -> Model {
    var generator = Xoshiro256StarStar(seed: seed)
    let shape = try LayerShape(width: 8, depth: 2)
    if let servers {
        return try Model(
            architecture: .mlp(try MLPArchitecture(hidden: shape, servers: servers)),
            generator: &generator
        )
    }
    let architecture = try SpaneArchitecture(server: shape, value: shape, advantage: shape, aggregators: [.mean, .max])
    return try Model(architecture: .spane(architecture), generator: &generator)
}

func load(_ model: Model, in folder: TemporaryFolder) throws -> Owned {
    let path = folder.file("model.h5")
    try WeightsFile.write(model, Provenance(["note": "random"]), to: path)
    return try Owned(spane_model_free) { spane_model_load(path, &$0) }
}
