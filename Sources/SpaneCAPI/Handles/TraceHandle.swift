internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// What a `spane_trace` stands for.
final class TraceHandle: LargeObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_4554_7263
    static var name: StaticString { "spane_trace" }

    let trace: Trace
    let description: TraceDescription
    /// The names of what VMs ask for beside cores and memory.
    let resources: CNames

    init(_ trace: Trace, _ description: TraceDescription) {
        self.trace = trace
        resources = CNames(trace.resources)
        self.description = description.describing(trace)
    }

    convenience init(path: String, progress: Progress) throws {
        try self.init(path: path, part: nil, progress: progress)
    }

    convenience init(path: String, part: Range<Int>?, progress: Progress) throws {
        if part == nil, LogReader.isLog(path) {
            let log = LogReader(path)
            let trace = try LogFacts(log, progress: progress.part(0, 0.4)).trace(
                of: log,
                progress: progress.part(0.4, 0.9)
            )
            self.init(trace, TraceDescription(source: path, licence: "unknown"))
            return
        }
        let (trace, description) = try TraceFile.load(path, part: part, progress: progress)
        self.init(trace, description)
    }

    convenience init(memory bytes: UnsafeRawBufferPointer, name: String, progress: Progress) throws {
        let (trace, description) = try unsafe TraceFile.read(memory: bytes, name: name, progress: progress)
        self.init(trace, description)
    }

    var contents: String { description.notes.reduce("\(trace.count) VMs") { "\($0) (\($1))" } }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> TraceHandle {
        try unsafe Handle.object(handle, TraceHandle.self, "trace")
    }

    /// SHA-256 of the columns.
    var contentHash: String { description.contentHash }
}
