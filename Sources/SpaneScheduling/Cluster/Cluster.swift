internal import SpaneBuffers

/// What every NUMA node of every server has left.
///
/// Storage is flat, in the order (server, NUMA node, [cpu, mem]) of the observation. Amounts lie on the grid of
/// ``Resources``, so releasing what was placed restores the cluster exactly.
public struct Cluster: ~Copyable, Sendable {
    /// The servers and the split rule.
    public let configuration: ClusterConfiguration
    /// The number of servers.
    public let serverCount: Int

    // [server][node][cpu, mem]
    let free: FlatBuffer<Double>
    // [server][cpu, mem]
    let capacity: FlatBuffer<Double>
    var journal: ChangeJournal

    static let valuesPerNode = 2
    static let valuesPerServer = NUMATopology.nodesPerServer * valuesPerNode

    /// Creates an empty cluster.
    ///
    /// - Complexity: O(servers).
    public init(_ configuration: ClusterConfiguration) {
        self.configuration = configuration
        serverCount = configuration.serverCount
        free = FlatBuffer(repeating: 0, count: serverCount * Self.valuesPerServer)
        capacity = FlatBuffer(repeating: 0, count: serverCount * Self.valuesPerNode)
        journal = ChangeJournal(serverCount: serverCount)
        for (server, node) in configuration.nodeCapacities.enumerated() {
            capacity[server * Self.valuesPerNode] = node.cpu
            capacity[server * Self.valuesPerNode + 1] = node.mem
        }
        removeAll()
    }

    private init(copying other: borrowing Cluster) {
        configuration = other.configuration
        serverCount = other.serverCount
        free = other.free.copy()
        capacity = other.capacity.copy()
        journal = other.journal.copy()
    }

    /// An independent cluster in the same state.
    public func copy() -> Cluster { Cluster(copying: self) }

    /// The number of actions: one for each NUMA node of each server.
    public var actionCount: Int { serverCount * NUMATopology.nodesPerServer }

    /// What a NUMA node has left.
    public func free(server: Int, node: Int) -> Resources {
        let base = server * Self.valuesPerServer + node * Self.valuesPerNode
        return Resources(cpu: free[base], mem: free[base + 1])
    }

    /// What each NUMA node of a server has when nothing runs on it.
    public func capacity(server: Int) -> Resources {
        Resources(cpu: capacity[server * Self.valuesPerNode], mem: capacity[server * Self.valuesPerNode + 1])
    }

    /// Whether nothing runs on any server.
    ///
    /// - Complexity: O(servers).
    public var isEmpty: Bool {
        for server in 0..<serverCount {
            for node in 0..<NUMATopology.nodesPerServer
            where free(server: server, node: node) != capacity(server: server) {
                return false
            }
        }
        return true
    }

    // MARK: Following changes

    /// The number of the next change; it grows with every change of a server.
    public var revision: UInt64 { journal.revision }

    /// The oldest revision whose changes are still known; whoever has seen less must look at all servers.
    public var oldestRevision: UInt64 { journal.oldestRevision }

    /// The server that the change with this number touched.
    ///
    /// - Parameter revision: at least ``oldestRevision`` and below ``revision``.
    public func server(changedAt revision: UInt64) -> Int { journal.server(changedAt: revision) }
}
