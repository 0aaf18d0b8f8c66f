public import SpaneScheduling

/// The state of a ``Fleet`` in HDF5. The schema is in `docs/file-formats.md`.
public enum FleetFile {
    static let format = "spane-cluster"
    static let version: Int64 = 1

    /// Writes the state; an existing file is replaced in one step.
    public static func write(_ fleet: borrowing Fleet, to path: String) throws(StorageError) {
        let state = fleet.state
        try HDF5Writer.write(path) { file throws(StorageError) in try put(state, into: file) }
    }

    /// The state as the content of such a file.
    package static func image(of fleet: borrowing Fleet) throws(StorageError) -> [UInt8] {
        let state = fleet.state
        return try HDF5Writer.image(named: "the cluster") { file throws(StorageError) in try put(state, into: file) }
    }

    /// Reads a state.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    public static func read(_ path: String) throws(StorageError) -> Fleet {
        try restore(HDF5.perform { () throws(StorageError) in try state(in: try HDF5Reader(path: path)) }, path)
    }

    /// Reads a state from the content of a file, which messages call `name`.
    package static func read(memory bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Fleet {
        let content = try HDF5.perform { () throws(StorageError) -> Fleet.State in
            try state(in: try unsafe HDF5Reader(memory: bytes, name: name))
        }
        return try restore(content, name)
    }

    private static func restore(_ state: Fleet.State, _ path: String) throws(StorageError) -> Fleet {
        do {
            return try Fleet.restored(from: state)
        } catch {
            throw StorageError(.format, path: path, error.description)
        }
    }

    private static func put(_ state: Fleet.State, into file: borrowing HDF5Writer) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", version)
        try file.attribute("split_above", state.splitAbove)
        try file.dataset("capacity_cpu", state.capacities.map(\.cpu), .compressed)
        try file.dataset("capacity_mem", state.capacities.map(\.mem), .compressed)
        try file.dataset("cordoned", state.isCordoned.map { Int64($0 ? 1 : 0) }, .compressed)
        try file.dataset("free_cpu", state.free.map(\.cpu), .compressed)
        try file.dataset("free_mem", state.free.map(\.mem), .compressed)
        try file.dataset("vm_id", state.vms.map { Int64(bitPattern: $0.id) }, .compressed)
        try file.dataset("vm_cpu", state.vms.map(\.cpu), .compressed)
        try file.dataset("vm_mem", state.vms.map(\.mem), .compressed)
        try file.dataset("vm_action", state.vms.map { Int64($0.action) }, .compressed)
    }

    private static func state(in file: borrowing HDF5Reader) throws(StorageError) -> Fleet.State {
        try file.check(format: format, version: version)
        let splitAbove = try file.required(double: "split_above")
        let cpu = try file.doubles("capacity_cpu") { dimensions throws(StorageError) in
            guard dimensions.count == 1 else {
                throw file.error(
                    .shapeMismatch,
                    "dataset /capacity_cpu has shape \(dimensions); it must have one dimension"
                )
            }
        }
        let servers = cpu.values.count
        let nodes = servers * NUMATopology.nodesPerServer
        let mem = try file.doubles("capacity_mem", count: servers)
        let cordoned = try file.integers("cordoned", count: servers)
        let freeCPU = try file.doubles("free_cpu", count: nodes)
        let freeMem = try file.doubles("free_mem", count: nodes)
        let ids = try file.integers("vm_id")
        let vmCount = ids.values.count
        let vmCPU = try file.doubles("vm_cpu", count: vmCount)
        let vmMem = try file.doubles("vm_mem", count: vmCount)
        let actions = try file.integers("vm_action", count: vmCount)
        return Fleet.State(
            splitAbove: splitAbove,
            capacities: (0..<servers).map { Resources(cpu: cpu.values[$0], mem: mem[$0]) },
            isCordoned: cordoned.map { $0 != 0 },
            free: (0..<nodes).map { Resources(cpu: freeCPU[$0], mem: freeMem[$0]) },
            vms: (0..<vmCount).map {
                (UInt64(bitPattern: ids.values[$0]), vmCPU[$0], vmMem[$0], Int(actions[$0]))
            }
        )
    }
}

extension HDF5Reader {
    fileprivate func doubles(_ name: String, count: Int) throws(StorageError) -> [Double] {
        try doubles(name) { dimensions throws(StorageError) in try check(name, dimensions, count) }.values
    }

    fileprivate func integers(_ name: String, count: Int) throws(StorageError) -> [Int64] {
        try integers(name) { dimensions throws(StorageError) in try check(name, dimensions, count) }.values
    }

    private func check(_ name: String, _ dimensions: [Int], _ count: Int) throws(StorageError) {
        guard dimensions == [count] else {
            throw error(
                .shapeMismatch,
                "dataset /\(name) has shape \(dimensions); the rest of the file wants [\(count)]"
            )
        }
    }
}
