internal import CSpaneHeader
internal import SpaneScheduling
internal import SpaneSettings
internal import SpaneStorage

/// What a `spane_cluster` stands for.
final class ClusterHandle: LargeObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4543_6C75
    static var name: StaticString { "spane_cluster" }

    let gate = Gate("cluster")
    // Read and changed inside the gate only.
    var cluster: Cluster
    var log: ClusterLog?
    /// The names of what nodes and servers have beside cores and memory.
    let nodeResources: CNames
    let serverResources: CNames
    let traits: CNames
    private let typeNames = GrowingCNames()
    private let levelNames = GrowingCNames()
    // Of the last limits that were asked for; it follows the cluster.
    private var planner: MovePlanner?

    init(_ cluster: consuming Cluster) {
        nodeResources = CNames(Array(cluster.state.layout.nodeResources.dropFirst(2)))
        serverResources = CNames(cluster.state.layout.serverResources)
        traits = CNames(cluster.traits)
        self.cluster = cluster
    }

    convenience init(path: String, progress: Progress) throws {
        self.init(try FleetInput.cluster(path, progress: progress))
    }

    convenience init(memory bytes: UnsafeRawBufferPointer, name: String, progress: Progress) throws {
        self.init(try unsafe FleetInput.cluster(memory: bytes, name: name, progress: progress))
    }

    /// What the type of the server in a place is called.
    func typeName(of place: Int) -> UnsafePointer<CChar>? {
        unsafe typeNames.name(cluster.state.typeNameNumber(of: place), of: cluster.state.typeNames)
    }

    /// What a level of fault domains is called; `nil` where there is none with this index. Levels stay once they have names.
    func levelName(_ level: Int) -> UnsafePointer<CChar>? {
        guard cluster.levels.indices.contains(level) else { return nil }
        return unsafe levelNames.name(level, of: cluster.levels)
    }

    /// What plans moves within these limits.
    func planner(_ limits: MoveLimits) throws -> MovePlanner {
        if let planner, planner.limits == limits { return planner }
        let made = try MovePlanner(for: cluster, limits)
        planner = made
        return made
    }

    var contents: String { "\(cluster.serverCount) servers" }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> ClusterHandle {
        try unsafe Handle.object(handle, ClusterHandle.self, "cluster")
    }

    /// The place of the server at an index of a list, or the place with that index where no list is given.
    func place(_ index: Int, of servers: UnsafePointer<Int32>?) throws -> Int {
        guard let servers = unsafe servers else { return index }
        do {
            return try unsafe cluster.place(of: Int(servers[index]))
        } catch {
            throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
        }
    }

    /// The number of servers in a list that was given; without a list it must be that of all servers.
    func checkedServers(_ servers: UnsafePointer<Int32>?, _ count: Int) throws -> Int {
        if unsafe servers != nil { return try checkedCount(count, atMost: Int(Int32.max), "count") }
        try cluster.state.checkAllServers(count, times: 1)
        return count
    }
}

extension ClusterState {
    /// Refuses a count that is not `times` the number of servers.
    func checkAllServers(_ count: Int, times: Int) throws(Failure) {
        let expected = serverCount * times
        guard count == expected else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "count is \(UInt(bitPattern: count)); for all \(serverCount) servers it must be \(expected)"
            )
        }
    }
}
