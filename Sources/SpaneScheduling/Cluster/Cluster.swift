internal import SpaneBuffers

/// What every NUMA node of every server has left.
///
/// Storage is flat, in the order (server, NUMA node, [cpu, mem]) of the observation. Amounts lie on the grid of
/// ``Resources``, so releasing what was placed restores the cluster exactly.
public struct Cluster: ~Copyable, Sendable {
    /// A VM with more memory than this, in GB, is split evenly over all NUMA nodes of its server.
    public let splitAbove: Double
    /// The number of servers.
    public private(set) var serverCount = 0
    /// The most cores and the most memory that a NUMA node of any server has.
    public private(set) var largestNode = Resources(cpu: 0, mem: 0)
    private var largestNodes = LargestNodes()

    // [server][node][cpu, mem]: what may be taken, -1 on a cordoned server so that nothing fits there.
    var free: FlatBuffer<Double>
    // [server][cpu, mem]
    var capacity: FlatBuffer<Double>
    // As `free`, what cordoned servers really have left; without elements until a server is cordoned.
    var shelved: FlatBuffer<Double>
    var journal: ChangeJournal

    static let valuesPerNode = 2
    static let valuesPerServer = NUMATopology.nodesPerServer * valuesPerNode

    /// Creates an empty cluster.
    ///
    /// - Complexity: O(servers).
    public init(_ configuration: ClusterConfiguration) {
        self.init(splitAbove: configuration.splitAbove, room: configuration.serverCount)
        append(configuration.nodeCapacities)
    }

    /// Creates a cluster without servers, with storage for `room` of them.
    package init(splitAbove: Double, room: Int = 0) {
        self.splitAbove = splitAbove
        free = FlatBuffer(repeating: 0, count: room * Self.valuesPerServer)
        capacity = FlatBuffer(repeating: 0, count: room * Self.valuesPerNode)
        shelved = FlatBuffer(repeating: 0, count: 0)
        journal = ChangeJournal(serverCount: room)
    }

    private init(copying other: borrowing Cluster) {
        splitAbove = other.splitAbove
        serverCount = other.serverCount
        largestNode = other.largestNode
        largestNodes = other.largestNodes
        free = other.free.copy()
        capacity = other.capacity.copy()
        shelved = other.shelved.copy()
        journal = other.journal.copy()
    }

    /// An independent cluster in the same state.
    public func copy() -> Cluster { Cluster(copying: self) }

    /// Adds empty servers with NUMA nodes of these capacities.
    ///
    /// - Complexity: O(servers added), amortised.
    package mutating func append(_ nodes: [Resources]) {
        let first = serverCount
        let needed = first + nodes.count
        if needed * Self.valuesPerNode > capacity.count {
            let room = max(needed, 2 * first)
            free = free.copy(count: room * Self.valuesPerServer, filling: 0)
            capacity = capacity.copy(count: room * Self.valuesPerNode, filling: 0)
            if shelved.count > 0 { shelved = shelved.copy(count: room * Self.valuesPerServer, filling: 0) }
        }
        serverCount = needed
        largestNodes.add(nodes)
        for (offset, node) in nodes.enumerated() {
            let server = first + offset
            capacity[server * Self.valuesPerNode] = node.cpu
            capacity[server * Self.valuesPerNode + 1] = node.mem
            for index in 0..<NUMATopology.nodesPerServer { write(node, server: server, node: index) }
            largestNode.cpu = max(largestNode.cpu, node.cpu)
            largestNode.mem = max(largestNode.mem, node.mem)
        }
        journal.recordGrowth(to: serverCount)
    }

    /// What a VM of this size asks for.
    public func request(cpu: Double, mem: Double) -> Request { Request(cpu: cpu, mem: mem, isSplit: mem > splitAbove) }

    /// The number of actions: one for each NUMA node of each server.
    public var actionCount: Int { serverCount * NUMATopology.nodesPerServer }

    /// What a NUMA node has left.
    public func free(server: Int, node: Int) -> Resources {
        isCordoned(server) ? Self.node(shelved, server, node) : offered(server: server, node: node)
    }

    /// What may be taken from a NUMA node: what it has left, or -1 of both while its server is cordoned.
    package func offered(server: Int, node: Int) -> Resources { Self.node(free, server, node) }

    private static func node(_ values: borrowing FlatBuffer<Double>, _ server: Int, _ node: Int) -> Resources {
        let base = server * valuesPerServer + node * valuesPerNode
        return Resources(cpu: values[base], mem: values[base + 1])
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

    /// Whether some server, cordoned or not, could hold the request while nothing runs on it.
    ///
    /// - Complexity: O(log s) for s sizes of servers.
    public func canEverHold(_ request: Request) -> Bool { largestNodes.canHold(request.demandPerNode) }

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
