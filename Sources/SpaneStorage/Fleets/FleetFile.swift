internal import SpaneHost
public import SpaneScheduling

/// The state of a ``Fleet`` in HDF5. The schema is in `docs/file-formats.md`.
public enum FleetFile {
    static let format = "spane-cluster"
    static let version: Int64 = 2

    /// Writes the state; an existing file is replaced in one step.
    public static func write(_ fleet: borrowing Fleet, to path: String) throws(StorageError) {
        try checkMemory(fleet.serverCount, fleet.vmCount, path)
        let state = fleet.state
        try HDF5Writer.write(path) { file throws(StorageError) in try put(state, into: file) }
    }

    /// The state as the content of such a file.
    package static func image(of fleet: borrowing Fleet) throws(StorageError) -> [UInt8] {
        try checkMemory(fleet.serverCount, fleet.vmCount, "the cluster")
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
            throw StorageError(error, path: path)
        }
    }

    /// Refuses a state for which there is no memory.
    static func checkMemory(_ servers: Int, _ vms: Int, _ path: String) throws(StorageError) {
        // The lists of the state, as much again while they are sorted, and a column.
        try Memory.require(bytes: servers * 512 + vms * 160, for: "\(servers) servers and \(vms) VMs", path: path)
    }

    private static func put(_ state: Fleet.State, into file: borrowing HDF5Writer) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", version)
        try put(state.layout, state.spanRule, into: file)
        try put(state.types, into: file)
        try file.dataset("server_number", state.servers.map { Int64($0.number) }, .compressed)
        try file.dataset("server_type", state.servers.map { Int64($0.type) }, .compressed)
        try file.dataset("cordoned", state.servers.map { Int64($0.isCordoned ? 1 : 0) }, .compressed)
        try file.dataset("free", state.servers.flatMap { $0.free.flatMap { $0 } }, .compressed)
        try file.dataset("shared_free", state.servers.flatMap(\.shared), .compressed)
        try put(state.vms, state.layout, into: file)
    }

    private static func state(in file: borrowing HDF5Reader) throws(StorageError) -> Fleet.State {
        try file.check(format: format, version: version)
        let layout = try file.layout()
        let types = try file.serverTypes(layout)
        let numbers = try file.integers("server_number").values
        let typeOfServer = try file.integers("server_type", count: numbers.count)
        let cordoned = try file.integers("cordoned", count: numbers.count, in: 0...1)
        if let wrong = typeOfServer.first(where: { $0 < 0 || $0 >= types.count }) {
            throw file.error(.format, "dataset /server_type has the value \(wrong); there are \(types.count) types")
        }
        try checkMemory(numbers.count, 0, file.path)
        let perNode = layout.nodeResources.count
        let perServer = typeOfServer.map { types[Int($0)].nodes.count * perNode }
        let free = try file.doubles("free", count: perServer.reduce(0, +))
        let shared = try file.doubles("shared_free", count: numbers.count * layout.serverResources.count)
        var servers: [Fleet.State.Server] = []
        var first = 0
        for server in numbers.indices {
            let nodes = stride(from: first, to: first + perServer[server], by: perNode)
            servers.append(
                Fleet.State.Server(
                    number: Int(numbers[server]),
                    type: Int(typeOfServer[server]),
                    isCordoned: cordoned[server] != 0,
                    free: nodes.map { Array(free[$0..<$0 + perNode]) },
                    shared: Array(
                        shared[server * layout.serverResources.count..<(server + 1) * layout.serverResources.count]
                    )
                )
            )
            first += perServer[server]
        }
        return Fleet.State(
            layout: layout,
            spanRule: try file.spanRule(),
            types: types,
            servers: servers,
            vms: try file.vms(layout)
        )
    }
}
