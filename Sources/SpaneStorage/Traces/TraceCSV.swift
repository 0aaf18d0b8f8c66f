internal import SpaneSystem
public import SpaneScheduling

/// Traces as a table in text, in either layout of the Huawei-East-1 data set, told apart by the header line.
///
/// - `vmid,cpu,mem,at,lt`: a VM a line, in order of arrival.
/// - `vmid,cpu,memory,time,type`: an event a line, type 0 for a creation and 1 for a deletion. Every VM that is deleted
///   becomes a row, in order of creation and numbered from 0, with the time between as its lifetime.
///
/// Either may have a column `span`, and a column `resource:NAME` for each further resource that VMs ask for.
/// `docs/file-formats.md` says what else such a file may have.
public enum TraceCSV {
    // The text, and rows of up to four times its size, twice while they are checked.
    package static let largestContent = Memory.ofMachine / 10

    /// Reads a CSV file.
    ///
    /// - Throws: ``StorageError`` naming the file, the line (counted from 1), the column and the value that is wrong.
    public static func read(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        try read(path, progress: .none)
    }

    static func read(
        _ path: String,
        progress: Progress
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let size = try File.size(path)
        guard size <= largestContent else {
            throw StorageError(
                .io,
                path: path,
                "cannot be read: it has \(size) bytes, and at most \(largestContent) may be, a tenth of this machine's memory"
            )
        }
        let content = try File.read(path, progress: progress.part(0, 0.1))
        return try read(content: content, name: path, progress: progress.part(0.1, 1))
    }

    /// Reads the content of such a file, which messages call `name`.
    static func read(
        content: consuming [UInt8],
        name: String,
        progress: Progress = .none
    ) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        let lines = content.count { $0 == UInt8(ascii: "\n") } + 1
        var table = try TraceHeader.read(content, path: name, progress.part(0, 0.7))
        try Memory.require(
            bytes: lines * (table.layout == .rows ? bytesPerRow : bytesPerEvent)
                + (table.resources.isEmpty ? 0 : lines * (32 + table.resources.count * MemoryLayout<Double>.stride)),
            for: "\(lines) lines",
            path: name
        )
        var notes: [String] = []
        if !table.otherColumns.isEmpty { notes.append(passedOver(table.otherColumns)) }
        let vms: [VirtualMachine]
        if table.layout == .rows {
            vms = try readRows(&table)
        } else {
            let (ended, endless) = try readEvents(&table, progress, name)
            vms = ended
            if endless > 0 {
                notes.append("VMs that are created and never deleted, and left out for want of a lifetime: \(endless)")
            }
        }
        let trace = try TraceFile.makeTrace(vms, resources: table.resources, path: name, progress.part(0.8, 1))
        let source = name.split(separator: "/").last.map(String.init) ?? name
        return (trace, TraceDescription(source: source, licence: "unknown", of: trace, notes: notes))
    }

    // A VM in an array that doubles, and its row in the trace.
    private static let bytesPerRow = 4 * MemoryLayout<VirtualMachine>.stride
    // That, and copies of it while VMs that were not deleted are left out and the others sorted.
    private static let bytesPerEvent = 10 * MemoryLayout<VirtualMachine>.stride

    private static func passedOver(_ columns: [String]) -> String {
        let shown = columns.prefix(5).map { "\"\(VisibleText.of($0.utf8, atMost: 40))\"" }.joined(separator: ", ")
        let more = columns.count > 5 ? " and \(columns.count - 5) more" : ""
        return "columns that a trace does not have are passed over: \(shown)\(more)"
    }

    private static func readRows(_ table: inout TraceTable) throws(StorageError) -> [VirtualMachine] {
        var vms: [VirtualMachine] = []
        var previous = -Double.infinity
        while try table.next() {
            let id = try table.integer(0)
            let cpu = try table.size(1)
            let mem = try table.size(2)
            let arrival = try table.time(3)
            let lifetime = try table.time(4)
            guard arrival >= previous else {
                throw table.error(
                    "column at is \(arrival); arrivals must ascend and the VM before it arrives at \(previous)"
                )
            }
            guard lifetime >= 0 else { throw table.error("column lt is \(lifetime); it must not be negative") }
            previous = arrival
            vms.append(
                VirtualMachine(
                    id: id,
                    cpu: cpu,
                    mem: mem,
                    arrival: arrival,
                    lifetime: lifetime,
                    span: try table.span(),
                    extras: try table.extras()
                )
            )
        }
        return vms
    }

    private static func readEvents(
        _ table: inout TraceTable,
        _ progress: Progress,
        _ name: String
    ) throws(StorageError) -> (ended: [VirtualMachine], endless: Int) {
        // The lifetime of a VM that runs is negative until it ends.
        var vms: [VirtualMachine] = []
        var running: [Int64: Int] = [:]
        while try table.next() {
            let id = try table.integer(0)
            let time = try table.time(3)
            switch try table.integer(4) {
            case 0:
                guard running[id] == nil else { throw table.error("column vmid is \(id), which already runs") }
                running[id] = vms.count
                let cpu = try table.size(1)
                let mem = try table.size(2)
                vms.append(
                    VirtualMachine(
                        id: id,
                        cpu: cpu,
                        mem: mem,
                        arrival: time,
                        lifetime: -1,
                        span: try table.span(),
                        extras: try table.extras()
                    )
                )
            case 1:
                guard let index = running.removeValue(forKey: id) else {
                    throw table.error("column vmid is \(id), which is deleted but does not run")
                }
                guard time >= vms[index].arrival else {
                    throw table.error("column time is \(time); VM \(id) was created at \(vms[index].arrival)")
                }
                vms[index].lifetime = time - vms[index].arrival
            case let type:
                throw table.error("column type is \(type); it must be 0 (creation) or 1 (deletion)")
            }
        }
        // Sorting is stable: events of one time keep the order of the file.
        var inFile = Array(vms.filter { $0.lifetime >= 0 }.enumerated())
        do {
            try progress.sort(&inFile) { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }
        } catch {
            throw StorageError(error, path: name)
        }
        var ended = inFile.map(\.element)
        for index in ended.indices { ended[index].id = Int64(index) }
        return (ended, running.count)
    }
}
