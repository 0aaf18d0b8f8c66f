internal import CSpaneHeader
internal import SpaneScheduling
internal import SpaneStorage

/// What a `spane_trace` stands for.
final class TraceHandle: LoadedObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_4554_7263
    static var name: StaticString { "spane_trace" }

    let trace: Trace
    let description: TraceDescription

    init(_ trace: Trace, _ description: TraceDescription) {
        self.trace = trace
        self.description = description.describing(trace)
    }

    convenience init(path: String) throws {
        let (trace, description) = try TraceFile.load(path)
        self.init(trace, description)
    }

    convenience init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        let (trace, description) = try unsafe TraceFile.read(memory: bytes, name: name)
        self.init(trace, description)
    }

    var contents: String { description.notes.reduce("\(trace.count) VMs") { "\($0) (\($1))" } }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> TraceHandle {
        try unsafe Handle.object(handle, TraceHandle.self, "trace")
    }

    /// SHA-256 of the columns.
    var contentHash: String { description.contentHash }
}

extension spane_vm {
    init(_ vm: VirtualMachine) {
        self.init(id: vm.id, cpu: vm.cpu, mem: vm.mem, arrival: vm.arrival, lifetime: vm.lifetime)
    }
}
