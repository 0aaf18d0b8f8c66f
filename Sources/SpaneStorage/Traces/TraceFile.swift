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
        try load(path, progress: .none)
    }

    package static func load(
        _ path: String,
        progress: Progress
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try load(path, part: nil, progress: progress)
    }

    /// Reads some VMs of a trace, which are a trace of their own. Of an HDF5 file nothing else is read, so that what it says of the
    /// hash of all columns cannot be compared with them.
    ///
    /// - Parameter part: the VMs; `nil` for all.
    package static func load(
        _ path: String,
        part: Range<Int>?,
        progress: Progress = .none
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let isHDF5 = try File.read(path, limit: Superblock.signature.count) == Superblock.signature
        guard !isHDF5 else { return try read(path, part: part, progress: progress) }
        let (trace, description) = try TraceCSV.read(path, progress: progress)
        guard let part else { return (trace, description) }
        try check(part, of: trace.count, path: path)
        let cut = try makeTrace(Array(trace.vms[part]), resources: trace.resources, path: path, .none)
        return (cut, TraceDescription(description, part: part, of: cut))
    }

    private static func check(_ part: Range<Int>, of count: Int, path: String) throws(StorageError) {
        guard part.lowerBound < 0 || part.upperBound > count else { return }
        throw StorageError(
            .shapeMismatch,
            path: path,
            "VMs \(part.lowerBound) ..< \(part.upperBound) are asked for; it has \(count)"
        )
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
        try read(path, progress: .none)
    }

    private static func read(
        _ path: String,
        part: Range<Int>? = nil,
        progress: Progress
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try HDF5.perform { () throws(StorageError) in
            try read(try HDF5Reader(path: path), path, part, HDF5.leaving(progress))
        }
    }

    /// Reads a trace from the content of an HDF5 file, which messages call `name`.
    package static func read(
        memory bytes: UnsafeRawBufferPointer,
        name: String,
        progress: Progress = .none
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try HDF5.perform { () throws(StorageError) in
            try read(try unsafe HDF5Reader(memory: bytes, name: name), name, nil, HDF5.leaving(progress))
        }
    }

    private static func read(
        _ file: borrowing HDF5Reader,
        _ path: String,
        _ part: Range<Int>?,
        _ progress: Progress
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let version = try file.check(format: format, versions: version...versionWithTerms)
        let hasTerms = version == versionWithTerms
        let trace = try readTrace(file, path, part, hasTerms: hasTerms, progress.part(0, part == nil ? 0.8 : 1))
        let (source, licence) = (try file.string("source") ?? "unknown", try file.string("licence") ?? "unknown")
        if let part {
            return (trace, TraceDescription(TraceDescription(source: source, licence: licence), part: part, of: trace))
        }
        let hash = try contentHash(of: trace, path, progress.part(0.8, 1))
        if let recorded = try file.string("content_sha256"), recorded != hash {
            throw file.error(
                .format,
                "attribute content_sha256 is \(recorded) and the columns hash to \(hash); "
                    + "the file was changed after it was written"
            )
        }
        return (trace, TraceDescription(source: source, licence: licence, of: trace, contentHash: hash))
    }

    /// Reads the columns side by side and piece by piece: beside the trace, no more than a piece of each is in memory.
    private static func readTrace(
        _ file: borrowing HDF5Reader,
        _ path: String,
        _ part: Range<Int>?,
        hasTerms: Bool,
        _ progress: Progress
    ) throws(StorageError) -> Trace {
        let memory = MemoryLayout<Trace.Row>.stride
        var ids = try HDF5Column("vmid", of: file, isInteger: true, memory: memory) {
            dimensions throws(StorageError) in
            guard dimensions.count == 1 else {
                throw file.error(
                    .shapeMismatch,
                    "dataset /vmid has shape \(dimensions); it must have one dimension"
                )
            }
        }
        let part = part ?? 0..<ids.count
        try check(part, of: ids.count, path: path)
        let count = ids.count
        var cpu = try openColumn("cpu", of: file, count: count)
        var mem = try openColumn("mem", of: file, count: count)
        var arrival = try openColumn("arrival", of: file, count: count)
        var lifetime = try openColumn("lifetime", of: file, count: count)
        let terms = hasTerms ? try TraceTerms(in: file, count: count, progress.part(0, 0.2)) : TraceTerms()
        try Memory.require(
            bytes: part.count * (MemoryLayout<Trace.Row>.stride + terms.bytesPerVM),
            for: "\(part.count) VMs",
            path: path
        )
        var builder: TraceBuilder
        do {
            builder = try TraceBuilder(count: part.count, resources: terms.resources)
        } catch {
            throw StorageError(error, path: path)
        }
        let size = [ids.pieceSize, cpu.pieceSize, mem.pieceSize, arrival.pieceSize, lifetime.pieceSize].min() ?? 1
        for (offset, length) in Pieces(count: part.count, size: max(1, size)).ranges {
            let first = part.lowerBound + offset
            try progress.part(0.2, 0.95).check(offset, of: part.count, path: path)
            try ids.read(from: first, count: length, of: file)
            try cpu.read(from: first, count: length, of: file)
            try mem.read(from: first, count: length, of: file)
            try arrival.read(from: first, count: length, of: file)
            try lifetime.read(from: first, count: length, of: file)
            for index in 0..<length {
                let vm = VirtualMachine(
                    id: try ids.integer(index, in: file),
                    cpu: cpu.number(index),
                    mem: mem.number(index),
                    arrival: arrival.number(index),
                    lifetime: lifetime.number(index),
                    span: terms.span(of: first + index),
                    extras: terms.extras(of: first + index)
                )
                do {
                    try builder.append(vm)
                } catch {
                    throw StorageError(error, path: path)
                }
            }
        }
        do {
            return try builder.finish(progress.part(0.95, 1))
        } catch {
            throw StorageError(error, path: path)
        }
    }

    private static func openColumn(
        _ name: String,
        of file: borrowing HDF5Reader,
        count: Int
    ) throws(StorageError) -> HDF5Column {
        try HDF5Column(name, of: file) { dimensions throws(StorageError) in
            try check(name, dimensions, count, in: file)
        }
    }

    private static func check(
        _ name: String,
        _ dimensions: [Int],
        _ count: Int,
        in file: borrowing HDF5Reader
    ) throws(StorageError) {
        guard dimensions == [count] else {
            throw file.error(.shapeMismatch, "dataset /\(name) has shape \(dimensions); /vmid has [\(count)]")
        }
    }

    /// Writes a trace; an existing file is replaced in one step.
    public static func write(
        _ trace: Trace,
        _ description: TraceDescription,
        to path: String
    ) throws(StorageError) {
        try write(trace, description, to: path, progress: .none)
    }

    package static func write(
        _ trace: Trace,
        _ description: TraceDescription,
        to path: String,
        progress: Progress
    ) throws(StorageError) {
        // One column at a time beside the file.
        try Memory.require(bytes: trace.count * MemoryLayout<Double>.stride, for: "\(trace.count) VMs", path: path)
        try HDF5Writer.write(path, progress: progress) { (file, progress) throws(StorageError) in
            try put(trace, description, into: file, path, progress)
        }
    }

    /// The bytes that ``write(_:_:to:)`` writes.
    package static func image(
        of trace: Trace,
        _ description: TraceDescription,
        progress: Progress = .none
    ) throws(StorageError) -> [UInt8] {
        let name = "the trace"
        return try HDF5Writer.image(named: name, progress: progress) { (file, progress) throws(StorageError) in
            try put(trace, description, into: file, name, progress)
        }
    }

    private static func put(
        _ trace: Trace,
        _ description: TraceDescription,
        into file: borrowing HDF5Writer,
        _ path: String,
        _ progress: Progress
    ) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", trace.hasTerms ? versionWithTerms : version)
        try file.attribute("source", description.source)
        try file.attribute("licence", description.licence)
        let hash = try contentHash(of: trace, path, progress.part(0, 0.1))
        try file.attribute("content_sha256", hash)
        let rest = progress.part(0.1, 1)
        try file.dataset("vmid", trace.rows.map(\.id), .compressed, progress: rest.part(0, of: 6))
        try file.dataset("cpu", trace.ofFlavors(\.cpu), .compressed, progress: rest.part(1, of: 6))
        try file.dataset("mem", trace.ofFlavors(\.mem), .compressed, progress: rest.part(2, of: 6))
        try file.dataset("arrival", trace.rows.map(\.arrival), .compressed, progress: rest.part(3, of: 6))
        try file.dataset("lifetime", trace.rows.map(\.lifetime), .compressed, progress: rest.part(4, of: 6))
        for column in columns { try file.attribute("unit", column.unit, of: column.name) }
        try TraceTerms.put(trace, into: file, rest.part(5, of: 6))
    }

    /// SHA-256 over the columns vmid (int64), cpu, mem, arrival, lifetime (float64) one after the other, little-endian, and
    /// those of ``TraceTerms`` where there are any.
    ///
    /// - Complexity: O(n).
    public static func contentHash(of trace: Trace) -> String { contentHash(of: trace) { _, _ in } }

    /// The same, telling how far it is of the trace in the file `path`.
    private static func contentHash(
        of trace: Trace,
        _ path: String,
        _ progress: Progress
    ) throws(StorageError) -> String {
        try contentHash(of: trace) { (done, total) throws(StorageError) in
            try progress.check(done, of: total, path: path)
        }
    }

    private static func contentHash<Failure: Error>(
        of trace: Trace,
        _ check: (_ done: Int, _ total: Int) throws(Failure) -> Void
    ) throws(Failure) -> String {
        var hash = SHA256()
        for column in columns.indices {
            for (index, row) in trace.rows.enumerated() {
                if index & 65_535 == 0 { try check(column * trace.count + index, columns.count * trace.count) }
                hash.update(word: word(column, of: row, trace))
            }
        }
        TraceTerms.hash(trace, into: &hash)
        return hash.hexadecimal()
    }

    /// The value of a VM in one of the ``columns``.
    @inline(__always)
    private static func word(_ column: Int, of row: Trace.Row, _ trace: Trace) -> UInt64 {
        switch column {
        case 0: UInt64(bitPattern: row.id)
        case 1: trace.flavors[Int(row.flavor)].cpu.bitPattern
        case 2: trace.flavors[Int(row.flavor)].mem.bitPattern
        case 3: row.arrival.bitPattern
        default: row.lifetime.bitPattern
        }
    }

    static func column(
        _ name: String,
        of file: borrowing HDF5Reader,
        count: Int,
        _ progress: Progress
    ) throws(StorageError) -> [Double] {
        try file.doubles(name, progress: progress) { dimensions throws(StorageError) in
            try check(name, dimensions, count, in: file)
        }.values
    }

    static func makeTrace(
        _ vms: [VirtualMachine],
        resources: [String],
        path: String,
        _ progress: Progress
    ) throws(StorageError) -> Trace {
        do {
            return try Trace(vms, resources: resources, progress: progress)
        } catch {
            throw StorageError(error, path: path)
        }
    }
}
