internal import SpaneSystem
public import SpaneScheduling

/// The state of a ``Cluster`` in HDF5. The schema is in `docs/file-formats.md`.
public enum ClusterFile {
    static let format = "spane-cluster"
    static let version: Int64 = 3

    /// Writes the state; an existing file is replaced in one step.
    public static func write(_ cluster: borrowing Cluster, to path: String) throws(StorageError) {
        try write(cluster, to: path, progress: .none)
    }

    package static func write(
        _ cluster: borrowing Cluster,
        to path: String,
        progress: Progress
    ) throws(StorageError) {
        try checkMemory(cluster.serverCount, cluster.vmCount, path)
        let snapshot = try Self.snapshot(of: cluster, path, progress.part(0, 0.3))
        try HDF5Writer.write(path, progress: progress.part(0.3, 1)) { (file, progress) throws(StorageError) in
            try put(snapshot, into: file, progress)
        }
    }

    static func snapshot(
        of cluster: borrowing Cluster,
        _ name: String,
        _ progress: Progress = .none
    ) throws(StorageError) -> Cluster.Snapshot {
        do {
            return try cluster.snapshot(progress)
        } catch {
            throw StorageError(error, path: name)
        }
    }

    /// The state as the content of such a file.
    package static func image(
        of cluster: borrowing Cluster,
        progress: Progress = .none
    ) throws(StorageError) -> [UInt8] {
        let name = "the cluster"
        try checkMemory(cluster.serverCount, cluster.vmCount, name)
        let snapshot = try Self.snapshot(of: cluster, name, progress.part(0, 0.3))
        return try HDF5Writer.image(named: name, progress: progress.part(0.3, 1)) {
            (file, progress) throws(StorageError) in try put(snapshot, into: file, progress)
        }
    }

    /// Reads a state.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    public static func read(_ path: String) throws(StorageError) -> Cluster { try read(path, progress: .none) }

    package static func read(_ path: String, progress: Progress) throws(StorageError) -> Cluster {
        let content = try HDF5.perform { () throws(StorageError) -> Cluster.Snapshot in
            try snapshot(in: try HDF5Reader(path: path), HDF5.leaving(progress.part(0, 0.5)))
        }
        return try restore(content, path, progress.part(0.5, 1))
    }

    /// Reads a state from the content of a file, which messages call `name`.
    package static func read(
        memory bytes: UnsafeRawBufferPointer,
        name: String,
        progress: Progress = .none
    ) throws(StorageError) -> Cluster {
        let content = try HDF5.perform { () throws(StorageError) -> Cluster.Snapshot in
            let progress = HDF5.leaving(progress.part(0, 0.5))
            return try snapshot(in: try unsafe HDF5Reader(memory: bytes, name: name), progress)
        }
        return try restore(content, name, progress.part(0.5, 1))
    }

    private static func restore(
        _ snapshot: Cluster.Snapshot,
        _ path: String,
        _ progress: Progress
    ) throws(StorageError) -> Cluster {
        do {
            return try Cluster.restored(from: snapshot, progress)
        } catch {
            throw StorageError(error, path: path)
        }
    }

    /// Refuses a state for which there is no memory.
    static func checkMemory(_ servers: Int, _ vms: Int, _ path: String) throws(StorageError) {
        // The lists of the state, as much again while they are sorted, and a column.
        try Memory.require(bytes: servers * 512 + vms * 160, for: "\(servers) servers and \(vms) VMs", path: path)
    }

    private static func put(
        _ snapshot: Cluster.Snapshot,
        into file: borrowing HDF5Writer,
        _ progress: Progress
    ) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", version)
        try put(snapshot.layout, snapshot.spanRule, traits: snapshot.traits, into: file)
        try put(snapshot.types, into: file)
        try file.dataset("server_number", snapshot.servers.map { Int64($0.number) }, .compressed)
        try file.dataset("server_type", snapshot.servers.map { Int64($0.type) }, .compressed)
        try file.dataset("cordoned", snapshot.servers.map { Int64($0.isCordoned ? 1 : 0) }, .compressed)
        try file.dataset("free", snapshot.servers.flatMap { $0.free.flatMap { $0 } }, .compressed)
        try file.dataset("shared_free", snapshot.servers.flatMap(\.shared), .compressed)
        try put(snapshot.vms, snapshot.layout, into: file, progress)
        try putGroups(of: snapshot, into: file)
        try putReservations(of: snapshot, into: file)
    }

    private static func snapshot(
        in file: borrowing HDF5Reader,
        _ progress: Progress
    ) throws(StorageError) -> Cluster.Snapshot {
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
            if server & 4095 == 0 { try progress.part(0, 0.3).check(server, of: numbers.count, path: file.path) }
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
        var snapshot = Cluster.Snapshot(
            layout: layout,
            spanRule: try file.spanRule(),
            traits: try file.names("traits"),
            types: types,
            servers: servers,
            vms: try file.vms(layout, progress.part(0.3, 1))
        )
        try file.readGroups(into: &snapshot)
        try file.readReservations(into: &snapshot)
        return snapshot
    }
}
