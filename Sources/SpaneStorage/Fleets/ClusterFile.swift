internal import SpaneSystem
public import SpaneScheduling

/// The state of a ``Cluster`` in HDF5. The schema is in `docs/file-formats.md`.
public enum ClusterFile {
    static let format = "spane-cluster"
    static let version: Int64 = 2

    /// Writes the state; an existing file is replaced in one step.
    public static func write(_ cluster: borrowing Cluster, to path: String) throws(StorageError) {
        try checkMemory(cluster.serverCount, cluster.vmCount, path)
        let snapshot = cluster.snapshot
        try HDF5Writer.write(path) { file throws(StorageError) in try put(snapshot, into: file) }
    }

    /// The state as the content of such a file.
    package static func image(of cluster: borrowing Cluster) throws(StorageError) -> [UInt8] {
        try checkMemory(cluster.serverCount, cluster.vmCount, "the cluster")
        let snapshot = cluster.snapshot
        return try HDF5Writer.image(named: "the cluster") { file throws(StorageError) in try put(snapshot, into: file) }
    }

    /// Reads a state.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    public static func read(_ path: String) throws(StorageError) -> Cluster {
        try restore(HDF5.perform { () throws(StorageError) in try snapshot(in: try HDF5Reader(path: path)) }, path)
    }

    /// Reads a state from the content of a file, which messages call `name`.
    package static func read(memory bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Cluster {
        let content = try HDF5.perform { () throws(StorageError) -> Cluster.Snapshot in
            try snapshot(in: try unsafe HDF5Reader(memory: bytes, name: name))
        }
        return try restore(content, name)
    }

    private static func restore(_ snapshot: Cluster.Snapshot, _ path: String) throws(StorageError) -> Cluster {
        do {
            return try Cluster.restored(from: snapshot)
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// Refuses a state for which there is no memory.
    static func checkMemory(_ servers: Int, _ vms: Int, _ path: String) throws(StorageError) {
        // The lists of the state, as much again while they are sorted, and a column.
        try Memory.require(bytes: servers * 512 + vms * 160, for: "\(servers) servers and \(vms) VMs", path: path)
    }

    private static func put(_ snapshot: Cluster.Snapshot, into file: borrowing HDF5Writer) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", version)
        try put(snapshot.layout, snapshot.spanRule, into: file)
        try put(snapshot.types, into: file)
        try file.dataset("server_number", snapshot.servers.map { Int64($0.number) }, .compressed)
        try file.dataset("server_type", snapshot.servers.map { Int64($0.type) }, .compressed)
        try file.dataset("cordoned", snapshot.servers.map { Int64($0.isCordoned ? 1 : 0) }, .compressed)
        try file.dataset("free", snapshot.servers.flatMap { $0.free.flatMap { $0 } }, .compressed)
        try file.dataset("shared_free", snapshot.servers.flatMap(\.shared), .compressed)
        try put(snapshot.vms, snapshot.layout, into: file)
    }

    private static func snapshot(in file: borrowing HDF5Reader) throws(StorageError) -> Cluster.Snapshot {
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
        var servers: [Cluster.Snapshot.Server] = []
        var first = 0
        for server in numbers.indices {
            let nodes = stride(from: first, to: first + perServer[server], by: perNode)
            servers.append(
                Cluster.Snapshot.Server(
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
        return Cluster.Snapshot(
            layout: layout,
            spanRule: try file.spanRule(),
            types: types,
            servers: servers,
            vms: try file.vms(layout)
        )
    }
}
