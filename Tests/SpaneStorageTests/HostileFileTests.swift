import Glibc
import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Synchronization
import Testing

/// Sound HDF5 files that mean harm: refused before anything of what they claim or lead to is read.
@Suite struct HostileFileTests {
    private let folder = TemporaryFolder()

    /// A format, a dataset of it, and how its files are written and read, from a path and from memory.
    struct Format: Sendable, CustomStringConvertible {
        let description: String
        let dataset: String
        let write: @Sendable (String) throws -> Void
        let read: [@Sendable (String) throws -> Void]
    }

    /// What version 2 of traces has beside version 1.
    private static let columnsWithTerms = ["span", "resources", "resources/gpu"].map { dataset in
        Format(
            description: "trace, \(dataset)",
            dataset: dataset,
            write: { try TraceFile.write(Samples.traceWithTerms(count: 300), Samples.description, to: $0) },
            read: [{ _ = try TraceFile.load($0) }]
        )
    }

    static let formats = commonFormats + columnsWithTerms

    private static let commonFormats = [
        Format(
            description: "trace",
            dataset: "cpu",
            write: { try TraceFile.write(Samples.trace(count: 300), Samples.description, to: $0) },
            read: [
                { _ = try TraceFile.load($0) },
                { path in
                    let bytes = try File.read(path)
                    _ = try unsafe bytes.withUnsafeBytes { try unsafe TraceFile.read(memory: $0, name: path) }
                },
            ]
        ),
        Format(
            description: "trace, first column",
            dataset: "vmid",
            write: { try TraceFile.write(Samples.trace(count: 300), Samples.description, to: $0) },
            read: [{ _ = try TraceFile.load($0) }]
        ),
        Format(
            description: "weights",
            dataset: "parameters/value_layers.0.weight",
            write: { try WeightsFile.write(Samples.spane(), Provenance(["note": "a test"]), to: $0) },
            read: [
                { _ = try WeightsFile.read($0) },
                { path in
                    let bytes = try File.read(path)
                    _ = try unsafe bytes.withUnsafeBytes { try unsafe WeightsFile.read(memory: $0, name: path) }
                },
            ]
        ),
        Format(
            description: "cluster",
            dataset: "vm_id",
            write: { path in
                let fleet = Cluster()
                try ClusterFile.write(fleet, to: path)
            },
            read: [
                { _ = try ClusterFile.read($0) },
                { path in
                    let bytes = try File.read(path)
                    try unsafe bytes.withUnsafeBytes { _ = try unsafe ClusterFile.read(memory: $0, name: path) }
                },
                readInLog,
            ]
        ),
        Format(
            description: "experiment",
            dataset: "servers_3/bound",
            write: { try ExperimentFile.write(experiment, to: $0) },
            read: [{ _ = try ExperimentFile.read($0, of: experiment) }]
        ),
    ]

    /// Reads a saved cluster where a log has it: as the state at its beginning.
    private static let readInLog: @Sendable (String) throws -> Void = { path in
        var event = EventWriter()
        event.put(0)
        // It is a start, at 0 s.
        for byte in [1, 0, 0, 0, 0, 0, 0, 0, 0] + (try File.read(path)) { event.put(byte: byte) }
        var frame = EventWriter()
        LogFrame.put(event.bytes, into: &frame)
        let folder = TemporaryFolder()
        let log = try folder.write(LogFrame.signature + frame.bytes, to: "state.log")
        do {
            #expect(try LogReader(log).forEach { _, _ in }.events == 1)
        } catch let error as StorageError {
            #expect(error.path.hasPrefix("\(log): event 0"))
            throw StorageError(error.code, path: path, error.detail)
        }
    }

    /// Sound files by format, each made once: a file that is written is waited for until it is on the disk.
    private static let contents = Mutex<[String: [UInt8]]>([:])

    private static func content(of format: Format) throws -> [UInt8] {
        try contents.withLock { contents in
            if let known = contents[format.description] { return known }
            let folder = TemporaryFolder()
            try format.write(folder.file("sound"))
            let content = try folder.read("sound")
            contents[format.description] = content
            return content
        }
    }

    private static let experiment = ExperimentWaits(
        kind: "wait-time",
        trace: TraceDescription(source: "here", licence: "none"),
        node: Resources(cpu: 40, mem: 90),
        splitAbove: 10,
        policies: [],
        clusters: [ExperimentWaits.ServerCount(servers: 3, starts: [1], lengths: [2], bounds: [0], policies: 0)]
    )

    /// Whatever is put into a file, every reader gives an error that names it, or what the file holds. It never waits for
    /// a pipe, follows a circle or takes the memory that was claimed.
    @Test(arguments: formats, HostileFile.kinds)
    func nothingIsDoneThatAFileWants(format: Format, kind: HostileFile.Kind) throws {
        let pipe = folder.file("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let sound = try Self.content(of: format)
        for amount: UInt64 in [5000, 1 << 29, 1 << 61] {
            let path = try folder.write(sound, to: "\(amount).h5")
            guard try HostileFile.edit(path, format.dataset, kind, amount: amount, elsewhere: pipe) else { continue }
            for read in format.read {
                do {
                    try read(path)
                } catch {
                    let error = try #require(error as? StorageError)
                    #expect(error.path == path)
                }
            }
        }
    }

    /// What is in other files, which anyone may name.
    @Test(arguments: [
        ("external storage", "dataset /cpu has its values in another file, which is not read"),
        ("virtual dataset", "dataset /cpu is a view of other datasets, which are not read"),
        ("external link", "/cpu is a link to another file, which is not read"),
        ("soft link out", "/cpu_ is a link to another file, which is not read"),
        ("soft circle", "/cpu is more than 16 links away, soft ones included"),
        ("own group", "/cpu is not a dataset, or is damaged"),
        ("contiguous claim", "dataset /cpu has shape [5000]; /vmid has [300]"),
        ("twice deflated", "dataset /cpu is packed with filter 1 more than once"),
        ("scale offset", "dataset /cpu is packed with filter 6; deflate, shuffle and Fletcher32 are read"),
        ("tree index", "dataset /cpu finds its chunks by a tree, in which a file may lead a reader in circles; "),
        ("links", "group / has 5005 links; at most 4096 are read"),
        ("wide integers", "dataset /cpu does not hold numbers"),
        ("compound", "dataset /cpu does not hold numbers"),
    ])
    func harmHasAName(kind: String, detail: String) throws {
        let target = folder.file("target.h5")
        try TraceFile.write(Samples.trace(count: 300), Samples.description, to: target)
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(count: 300), Samples.description, to: path)
        try #require(
            try HostileFile.edit(path, "cpu", HostileFile.kind(kind), amount: 5000, elsewhere: target)
        )
        expectError(detail.contains("shape") ? .shapeMismatch : .format, path, detail) { try TraceFile.read(path) }
    }

    @Test(arguments: [
        ("span", "external storage", "dataset /span has its values in another file, which is not read"),
        ("span", "contiguous claim", "dataset /span has shape [5000]; the rest of the file wants [300]"),
        ("span", "zeros", "dataset /span has shape [5000]; the rest of the file wants [300]"),
        ("span", "compound", "dataset /span does not hold numbers"),
        ("resources", "external link", "/resources is a link to another file, which is not read"),
        ("resources", "soft link out", "/resources_ is a link to another file, which is not read"),
        ("resources", "soft circle", "/resources is more than 16 links away, soft ones included"),
        ("resources", "own group", "group /resources: a resource is called \"cpu\""),
        ("resources", "scalar", "group /resources is missing"),
        ("resources/gpu", "virtual dataset", "dataset /resources/gpu is a view of other datasets, which are not read"),
        ("resources/gpu", "own group", "/resources/gpu is not a dataset, or is damaged"),
        ("resources/gpu", "chunked claim", "dataset /resources/gpu has shape [5000]; /vmid has [300]"),
        ("resources/gpu", "twice deflated", "dataset /resources/gpu is packed with filter 1 more than once"),
        ("resources/x", "links", "group /resources has 5002 links; at most 4096 are read"),
    ])
    func harmInVersion2HasAName(dataset: String, kind: String, detail: String) throws {
        let target = folder.file("target.h5")
        try TraceFile.write(Samples.traceWithTerms(count: 300), Samples.description, to: target)
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.traceWithTerms(count: 300), Samples.description, to: path)
        try #require(
            try HostileFile.edit(path, dataset, HostileFile.kind(kind), amount: 5000, elsewhere: target)
        )
        expectError(detail.contains("shape") ? .shapeMismatch : .format, path, detail) { try TraceFile.read(path) }
    }

    /// Sizes that no check of shapes would stop, since nothing but the dataset says how many VMs there are.
    @Test(arguments: [
        ("contiguous claim", 1 << 22, "dataset /vmid claims [4194304] values, more than the file can hold"),
        ("chunked claim", 1 << 22, "dataset /vmid claims [4194304] values, more than the file can hold"),
        ("tiny chunks", 1 << 20, "dataset /vmid has 1048576 chunks; at most 262144 are read"),
        ("sparse chunks", 1 << 16, "dataset /vmid claims [65536] values, more than the file can hold"),
    ])
    func claimsOfAnyNumber(kind: String, amount: UInt64, detail: String) throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(count: 300), Samples.description, to: path)
        try #require(try HostileFile.edit(path, "vmid", HostileFile.kind(kind), amount: amount, elsewhere: path))
        expectError(.format, path, detail) { try TraceFile.read(path) }
    }

    @Test func tooManyAttributes() throws {
        let path = folder.file("weights.h5")
        try WeightsFile.write(Samples.spane(), Provenance(["note": "a test"]), to: path)
        try #require(
            try HostileFile.edit(path, "provenance", HostileFile.kind("attributes"), amount: 3000, elsewhere: path)
        )
        expectError(.format, path, "/provenance has 3001 attributes; at most 1000 are read") {
            try WeightsFile.read(path)
        }
    }

    /// A file that is nearly all holes, as large as it likes.
    @Test func aFileOfHoles() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(count: 300), Samples.description, to: path)
        try #require(
            try HostileFile.edit(path, "vmid", HostileFile.kind("contiguous claim"), amount: 1 << 26, elsewhere: path)
        )
        #expect(try File.size(path) > 8 << 26)
        expectError(.format, path, "dataset /vmid claims [67108864] values, more than the file can hold") {
            try TraceFile.read(path)
        }
    }

    /// Links within the file lead to what they name.
    @Test func aSoftLinkWithinTheFile() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(count: 300), Samples.description, to: path)
        let whole = try TraceFile.read(path).trace
        try HDF5Editor.edit(path) { $0.move("lifetime", to: "other") }
        #expect(try TraceFile.read(path).trace.vms == whole.vms)
    }
}
