internal import SpaneHost
public import SpaneScheduling

/// Traces as comma-separated text, in either layout of the Huawei-East-1 data set, told apart by the header line.
///
/// - `vmid,cpu,mem,at,lt`: a VM a line, in order of arrival.
/// - `vmid,cpu,memory,time,type`: an event a line, type 0 for a creation and 1 for a deletion. Every VM that is deleted
///   becomes a row, in order of creation and numbered from 0, with the time between as its lifetime.
public enum TraceCSV {
    static let rowHeader = ["vmid", "cpu", "mem", "at", "lt"]
    static let eventHeader = ["vmid", "cpu", "memory", "time", "type"]

    /// Reads a CSV file.
    ///
    /// - Throws: ``StorageError`` naming the file, the line (counted from 1), the column and the value that is wrong.
    public static func read(_ path: String) throws(StorageError) -> (trace: Trace, description: TraceDescription) {
        var lines = CSVLines(try File.read(path), path: path)
        guard let header = try lines.next() else { throw StorageError(.format, path: path, "is empty") }
        let names = header.fields.map { String(decoding: $0, as: UTF8.self).lowercased() }
        let vms: [VirtualMachine]
        let lineNumbers: [Int]
        switch names {
        case rowHeader:
            try checkMemory(lines.count, bytesPerRow, path)
            (vms, lineNumbers) = try readRows(&lines)
        case eventHeader:
            try checkMemory(lines.count, bytesPerEvent, path)
            (vms, lineNumbers) = try readEvents(&lines)
        default:
            // Control characters would not show, or move the cursor of a terminal.
            guard header.fields.joined().allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw StorageError(.format, path: path, "is neither an HDF5 file nor a CSV trace")
            }
            let shown = names.joined(separator: ",").prefix(80)
            throw header.error(
                "the header is \"\(shown)\"; it must be \"\(rowHeader.joined(separator: ","))\" or "
                    + "\"\(eventHeader.joined(separator: ","))\""
            )
        }
        let trace = try makeTrace(vms, lineNumbers, path: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        var description = TraceDescription(source: name, licence: "unknown")
        description.contentHash = TraceFile.contentHash(of: trace)
        return (trace, description)
    }

    // A VM with the number of its line, in an array that doubles.
    private static let bytesPerRow = 160
    // That, and copies of it while VMs that were not deleted are left out and the others sorted.
    private static let bytesPerEvent = 480

    /// Refuses more lines than there is memory for.
    private static func checkMemory(_ lines: Int, _ bytes: Int, _ path: String) throws(StorageError) {
        try Memory.require(bytes: lines * bytes, for: "\(lines) lines", path: path)
    }

    private static func readRows(_ lines: inout CSVLines) throws(StorageError) -> ([VirtualMachine], [Int]) {
        var vms: [VirtualMachine] = []
        var lineNumbers: [Int] = []
        while let line = try lines.next() {
            try line.checkCount(rowHeader)
            vms.append(
                VirtualMachine(
                    id: try line.integer(0, rowHeader),
                    cpu: try line.positive(1, rowHeader),
                    mem: try line.positive(2, rowHeader),
                    arrival: try line.number(3, rowHeader),
                    lifetime: try line.number(4, rowHeader)
                )
            )
            lineNumbers.append(line.number)
        }
        return (vms, lineNumbers)
    }

    private static func readEvents(_ lines: inout CSVLines) throws(StorageError) -> ([VirtualMachine], [Int]) {
        var vms: [(vm: VirtualMachine, line: Int, isDeleted: Bool)] = []
        var running: [Int64: Int] = [:]
        while let line = try lines.next() {
            try line.checkCount(eventHeader)
            let id = try line.integer(0, eventHeader)
            let time = try line.number(3, eventHeader)
            switch try line.integer(4, eventHeader) {
            case 0:
                guard running[id] == nil else { throw line.error("column vmid is \(id), which already runs") }
                running[id] = vms.count
                let cpu = try line.positive(1, eventHeader)
                let mem = try line.positive(2, eventHeader)
                let vm = VirtualMachine(id: id, cpu: cpu, mem: mem, arrival: time, lifetime: 0)
                vms.append((vm, line.number, false))
            case 1:
                guard let index = running.removeValue(forKey: id) else {
                    throw line.error("column vmid is \(id), which is deleted but does not run")
                }
                guard time >= vms[index].vm.arrival else {
                    throw line.error("column time is \(time); VM \(id) was created at \(vms[index].vm.arrival)")
                }
                vms[index].vm.lifetime = time - vms[index].vm.arrival
                vms[index].isDeleted = true
            case let type:
                throw line.error("column type is \(type); it must be 0 (creation) or 1 (deletion)")
            }
        }
        // A VM without a deletion has no known lifetime. Sorting keeps events of one time in the order of the file.
        let rows = vms.filter(\.isDeleted).enumerated()
            .sorted { ($0.element.vm.arrival, $0.offset) < ($1.element.vm.arrival, $1.offset) }
            .map(\.element)
        let numbered = rows.enumerated().map { index, row in
            var vm = row.vm
            vm.id = Int64(index)
            return vm
        }
        return (numbered, rows.map(\.line))
    }

    /// Makes the trace and says by line what is wrong with it.
    private static func makeTrace(
        _ vms: [VirtualMachine],
        _ lineNumbers: [Int],
        path: String
    ) throws(StorageError) -> Trace {
        for index in vms.indices.dropFirst() where vms[index].arrival < vms[index - 1].arrival {
            throw StorageError(
                .format,
                path: path,
                "line \(lineNumbers[index]): column at is \(vms[index].arrival); arrivals must ascend and the VM before "
                    + "it arrives at \(vms[index - 1].arrival)"
            )
        }
        for index in vms.indices where vms[index].lifetime < 0 {
            throw StorageError(
                .format,
                path: path,
                "line \(lineNumbers[index]): column lt is \(vms[index].lifetime); it must not be negative"
            )
        }
        return try TraceFile.makeTrace(vms, path: path)
    }
}
