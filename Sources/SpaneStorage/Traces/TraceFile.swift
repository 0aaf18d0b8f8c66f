internal import SpaneSystem
public import SpaneScheduling

/// Traces in HDF5: one dataset a column. The schema is in `docs/file-formats.md`.
public enum TraceFile {
    static let format = "spane-trace"
    static let version: Int64 = 1
    /// Of files with columns that a reader of version 1 does not know and must not pass over.
    static let versionWithTerms: Int64 = 2
    static let columns: [(name: String, unit: String)] = [
        ("vmid", "1"), ("cpu", "core"), ("mem", "GB"), ("arrival", "s"), ("lifetime", "s"),
    ]

    /// Reads a trace in any format that this library knows: HDF5, or CSV in one of the two layouts of ``TraceCSV``.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset, or the line and column, that is wrong.
    public static func load(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        if try File.read(path, limit: Superblock.signature.count) == Superblock.signature { return try read(path) }
        return try TraceCSV.read(path)
    }

    /// Reads a trace from the content of a file in any of these formats, which messages call `name`.
    package static func load(
        content: [UInt8],
        name: String
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        guard content.starts(with: Superblock.signature) else { return try TraceCSV.read(content: content, name: name) }
        return try unsafe content.withUnsafeBufferPointer { bytes throws(StorageError) in
            try unsafe read(memory: UnsafeRawBufferPointer(bytes), name: name)
        }
    }

    /// Reads a trace from an HDF5 file.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    public static func read(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try HDF5.perform { () throws(StorageError) in try read(try HDF5Reader(path: path), path) }
    }

    /// Reads a trace from the content of an HDF5 file, which messages call `name`.
    package static func read(
        memory bytes: UnsafeRawBufferPointer,
        name: String
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try HDF5.perform { () throws(StorageError) in
            try read(try unsafe HDF5Reader(memory: bytes, name: name), name)
        }
    }

    private static func read(
        _ file: borrowing HDF5Reader,
        _ path: String
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let version = try file.check(format: format, versions: version...versionWithTerms)
        // Five columns, and the rows, twice while they are checked.
        let memory = 15 * MemoryLayout<Double>.size
        let ids = try file.integers("vmid", memory: memory) { dimensions throws(StorageError) in
            guard dimensions.count == 1 else {
                throw file.error(
                    .shapeMismatch,
                    "dataset /vmid has shape \(dimensions); it must have one dimension"
                )
            }
        }
        let count = ids.values.count
        let cpu = try column("cpu", of: file, count: count)
        let mem = try column("mem", of: file, count: count)
        let arrival = try column("arrival", of: file, count: count)
        let lifetime = try column("lifetime", of: file, count: count)
        let terms = version == versionWithTerms ? try TraceTerms(in: file, count: count) : TraceTerms()
        try Memory.require(
            bytes: count * (MemoryLayout<VirtualMachine>.stride + terms.bytesPerVM),
            for: "\(count) VMs",
            path: path
        )
        let vms = (0..<count).map { index in
            VirtualMachine(
                id: ids.values[index],
                cpu: cpu[index],
                mem: mem[index],
                arrival: arrival[index],
                lifetime: lifetime[index],
                span: terms.span(of: index),
                extras: terms.extras(of: index)
            )
        }
        let trace = try makeTrace(vms, resources: terms.resources, path: path)
        let hash = contentHash(of: trace)
        if let recorded = try file.string("content_sha256"), recorded != hash {
            throw file.error(
                .format,
                "attribute content_sha256 is \(recorded) and the columns hash to \(hash); "
                    + "the file was changed after it was written"
            )
        }
        let description = TraceDescription(
            source: try file.string("source") ?? "unknown",
            licence: try file.string("licence") ?? "unknown",
            of: trace,
            contentHash: hash
        )
        return (trace, description)
    }

    /// Writes a trace; an existing file is replaced in one step.
    public static func write(
        _ trace: Trace,
        _ description: TraceDescription,
        to path: String
    ) throws(StorageError) {
        // One column at a time beside the file.
        try Memory.require(bytes: trace.count * MemoryLayout<Double>.stride, for: "\(trace.count) VMs", path: path)
        try HDF5Writer.write(path) { file throws(StorageError) in try put(trace, description, into: file) }
    }

    /// The bytes that ``write(_:_:to:)`` writes.
    package static func image(of trace: Trace, _ description: TraceDescription) throws(StorageError) -> [UInt8] {
        try HDF5Writer.image(named: "the trace") { file throws(StorageError) in try put(trace, description, into: file)
        }
    }

    private static func put(
        _ trace: Trace,
        _ description: TraceDescription,
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", trace.hasTerms ? versionWithTerms : version)
        try file.attribute("source", description.source)
        try file.attribute("licence", description.licence)
        try file.attribute("content_sha256", contentHash(of: trace))
        try file.dataset("vmid", trace.vms.map(\.id), .compressed)
        try file.dataset("cpu", trace.vms.map(\.cpu), .compressed)
        try file.dataset("mem", trace.vms.map(\.mem), .compressed)
        try file.dataset("arrival", trace.vms.map(\.arrival), .compressed)
        try file.dataset("lifetime", trace.vms.map(\.lifetime), .compressed)
        for column in columns { try file.attribute("unit", column.unit, of: column.name) }
        try TraceTerms.put(trace, into: file)
    }

    /// SHA-256 over the columns vmid (int64), cpu, mem, arrival, lifetime (float64) one after the other, little-endian, and
    /// those of ``TraceTerms`` where there are any.
    ///
    /// - Complexity: O(n).
    public static func contentHash(of trace: Trace) -> String {
        var hash = SHA256()
        for vm in trace.vms { hash.update(word: UInt64(bitPattern: vm.id)) }
        for vm in trace.vms { hash.update(word: vm.cpu.bitPattern) }
        for vm in trace.vms { hash.update(word: vm.mem.bitPattern) }
        for vm in trace.vms { hash.update(word: vm.arrival.bitPattern) }
        for vm in trace.vms { hash.update(word: vm.lifetime.bitPattern) }
        TraceTerms.hash(trace, into: &hash)
        return hash.hexadecimal()
    }

    static func column(
        _ name: String,
        of file: borrowing HDF5Reader,
        count: Int
    ) throws(StorageError) -> [Double] {
        try StorageError.checkCancellation(file.path)
        return try file.doubles(name) { dimensions throws(StorageError) in
            guard dimensions == [count] else {
                throw file.error(.shapeMismatch, "dataset /\(name) has shape \(dimensions); /vmid has [\(count)]")
            }
        }.values
    }

    static func makeTrace(
        _ vms: [VirtualMachine],
        resources: [String],
        path: String
    ) throws(StorageError) -> Trace {
        try StorageError.checkCancellation(path)
        do {
            return try Trace(vms, resources: resources)
        } catch {
            throw StorageError(error, path: path)
        }
    }
}
