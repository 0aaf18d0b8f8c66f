internal import CxxPeer
internal import Glibc
internal import SpaneScheduling
internal import SpaneStorage

/// Reading a trace from files that are in memory already.
struct LoadContest: Contest, ~Copyable {
    enum Format: String {
        case hdf5 = "HDF5"
        case csv = "CSV"
    }

    /// What a VM takes in a trace.
    static let bytesOfVM = 32

    let format: Format
    let byteCount: Int
    private let path: String
    private let vmCount: Int

    /// Writes the trace to a temporary file that lives as long as this value.
    init(_ trace: Trace, _ format: Format) throws {
        self.format = format
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        path = "\(folder)/spane-benchmark-\(getpid())-\(format.rawValue).trace"
        vmCount = trace.count
        switch format {
        case .hdf5:
            try TraceFile.write(trace, TraceDescription(source: "benchmark", licence: "none"), to: path)
        case .csv:
            let lines = trace.vms.map { "\($0.id),\($0.cpu),\($0.mem),\($0.arrival),\($0.lifetime)\n" }
            try writeText("vmid,cpu,mem,at,lt\n" + lines.joined(), to: path)
        }
        var status = stat()
        byteCount = unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit { unsafe unlink(path) }

    /// Whether the peer reads this format.
    var hasPeer: Bool { format == .csv }

    func runLibrary() throws -> Duration {
        var count = 0
        let time = try ContinuousClock().measure { count = try TraceFile.load(path).trace.count }
        guard count == vmCount else { throw BenchmarkError("\(path) gave \(count) of \(vmCount) VMs") }
        return time
    }

    func runPeer() throws -> Duration {
        guard hasPeer else { return .zero }
        var count = 0
        let time = ContinuousClock().measure { count = Int(unsafe peer_read_csv(path)) }
        guard count == vmCount else { throw BenchmarkError("the peer read \(count) of \(vmCount) VMs") }
        return time
    }
}
