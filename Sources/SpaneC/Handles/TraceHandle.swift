internal import CSpane
internal import SpaneScheduling
internal import SpaneStorage
internal import Synchronization

/// What a `spane_trace` stands for.
final class TraceHandle: LoadedObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_4554_7263
    static var name: StaticString { "spane_trace" }

    let trace: Trace
    let description: TraceDescription
    private let hash: Mutex<String>

    /// - Parameter description: its hash may be empty, then it is found when it is first asked for.
    init(_ trace: Trace, _ description: TraceDescription) {
        self.trace = trace
        self.description = description
        hash = Mutex(description.contentHash)
    }

    convenience init(path: String) throws {
        let (trace, description) = try TraceFile.load(path)
        self.init(trace, description)
    }

    convenience init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        let (trace, description) = try unsafe TraceFile.read(memory: bytes, name: name)
        self.init(trace, description)
    }

    var contents: String { "\(trace.count) VMs" }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> TraceHandle {
        try unsafe Handle.object(handle, TraceHandle.self, "trace")
    }

    /// SHA-256 of the columns.
    var contentHash: String {
        hash.withLock { hash in
            if hash.isEmpty { hash = TraceFile.contentHash(of: trace) }
            return hash
        }
    }
}

extension spane_vm {
    init(_ vm: VirtualMachine) {
        self.init(id: vm.id, cpu: vm.cpu, mem: vm.mem, arrival: vm.arrival, lifetime: vm.lifetime)
    }
}
