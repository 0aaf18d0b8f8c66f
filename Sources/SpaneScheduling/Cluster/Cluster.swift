internal import SpaneBuffers

/// What every NUMA node of every server has left.
///
/// Storage is flat, in the order (server, NUMA node, resource), in steps of the ``Grid``, so that releasing what was placed
/// restores the cluster exactly.
public struct Cluster: ~Copyable, Sendable {
    /// How many nodes the servers have at most, and which resources.
    public let layout: Layout
    /// The span of VMs that do not say so themselves.
    public let spanRule: SpanRule
    /// The number of servers.
    public private(set) var serverCount = 0
    /// The most cores and the most memory that a NUMA node of any server ever had.
    public private(set) var largestNode = Resources(cpu: 0, mem: 0)
    /// The fewest NUMA nodes that any server ever had; as many as the layout allows while there were none.
    public private(set) var fewestNodes: Int

    // [server][node][resource]: what may be taken; -1 of everything on a cordoned server and on nodes that a server does not
    // have, so that nothing fits there.
    var free: FlatBuffer<Double>
    // [server][node][resource]
    var capacity: FlatBuffer<Double>
    // As `free`, what cordoned servers really have left; without elements until a server is cordoned.
    var shelved: FlatBuffer<Double>
    // [server][resource]: what servers have as a whole.
    var sharedFree: FlatBuffer<Double>
    var sharedCapacity: FlatBuffer<Double>
    var details: FlatBuffer<ServerDetails>
    // The distances of servers that have any, [node][node] of the layout; equal ones stand once.
    var distances: [[UInt8]] = []
    var journal: ChangeJournal

    /// Values of a node and of a server in the flat storage.
    let valuesPerNode: Int
    let valuesPerServer: Int
    /// Whether all there is are cores and memory of two nodes, which the hot loops know.
    let isPair: Bool

    /// Creates an empty cluster.
    ///
    /// - Complexity: O(servers).
    public init(_ configuration: ClusterConfiguration) {
        self.init(
            layout: configuration.layout,
            spanRule: configuration.spanRule,
            room: configuration.serverCount
        )
        append(configuration.typeOfServer, of: configuration.types)
    }

    /// Creates a cluster without servers, with storage for `room` of them.
    package init(layout: Layout = .published, spanRule: SpanRule, room: Int = 0) {
        self.layout = layout
        self.spanRule = spanRule
        fewestNodes = layout.nodes
        valuesPerNode = layout.nodeResources.count
        valuesPerServer = layout.nodes * valuesPerNode
        isPair = layout == .published
        free = FlatBuffer(repeating: 0, count: room * valuesPerServer)
        capacity = FlatBuffer(repeating: 0, count: room * valuesPerServer)
        shelved = FlatBuffer(repeating: 0, count: 0)
        sharedFree = FlatBuffer(repeating: 0, count: room * layout.serverResources.count)
        sharedCapacity = FlatBuffer(repeating: 0, count: room * layout.serverResources.count)
        details = FlatBuffer(repeating: ServerDetails(), count: room)
        journal = ChangeJournal(serverCount: room)
    }

    private init(copying other: borrowing Cluster) {
        layout = other.layout
        spanRule = other.spanRule
        serverCount = other.serverCount
        largestNode = other.largestNode
        fewestNodes = other.fewestNodes
        valuesPerNode = other.valuesPerNode
        valuesPerServer = other.valuesPerServer
        isPair = other.isPair
        free = other.free.copy()
        capacity = other.capacity.copy()
        shelved = other.shelved.copy()
        sharedFree = other.sharedFree.copy()
        sharedCapacity = other.sharedCapacity.copy()
        details = other.details.copy()
        distances = other.distances
        journal = other.journal.copy()
    }

    /// An independent cluster in the same state.
    public func copy() -> Cluster { Cluster(copying: self) }

    /// The number of actions: see ``Action``.
    public var actionCount: Int { serverCount * layout.placementsPerServer }

    // MARK: Growing and shrinking

    /// Adds empty servers of these types, which the layout allows.
    ///
    /// - Complexity: O(servers added), amortised.
    package mutating func append(_ typeOfServer: [Int32], of types: [ServerType]) {
        let first = serverCount
        makeRoom(for: first + typeOfServer.count)
        serverCount = first + typeOfServer.count
        let tables = types.map { distanceTable($0) }
        for (offset, index) in typeOfServer.enumerated() {
            let type = types[Int(index)]
            setCapacity(of: first + offset, to: type, distanceTable: tables[Int(index)])
            empty(first + offset)
        }
        journal.recordGrowth(to: serverCount)
    }

    /// Lets the last server take the place of another one, which is gone.
    ///
    /// - Complexity: O(1).
    package mutating func removeServer(_ server: Int) {
        let last = serverCount - 1
        if server != last { moveServer(last, to: server) }
        serverCount = last
        journal.recordReset()
    }

    private mutating func makeRoom(for needed: Int) {
        guard needed > details.count else { return }
        let room = max(needed, 2 * details.count)
        free = free.copy(count: room * valuesPerServer, filling: 0)
        capacity = capacity.copy(count: room * valuesPerServer, filling: 0)
        if shelved.count > 0 { shelved = shelved.copy(count: room * valuesPerServer, filling: 0) }
        sharedFree = sharedFree.copy(count: room * layout.serverResources.count, filling: 0)
        sharedCapacity = sharedCapacity.copy(count: room * layout.serverResources.count, filling: 0)
        details = details.copy(count: room, filling: ServerDetails())
    }

    private mutating func moveServer(_ source: Int, to target: Int) {
        let (from, to) = (source * valuesPerServer, target * valuesPerServer)
        for value in 0..<valuesPerServer {
            free[to + value] = free[from + value]
            capacity[to + value] = capacity[from + value]
            if shelved.count > 0 { shelved[to + value] = shelved[from + value] }
        }
        let shared = layout.serverResources.count
        for value in 0..<shared {
            sharedFree[target * shared + value] = sharedFree[source * shared + value]
            sharedCapacity[target * shared + value] = sharedCapacity[source * shared + value]
        }
        details[target] = details[source]
    }

    /// Sets what a server has when nothing runs on it; what it has left is to be set next.
    private mutating func setCapacity(of server: Int, to type: ServerType, distanceTable: Int32) {
        let base = server * valuesPerServer
        for node in 0..<layout.nodes {
            for resource in 0..<valuesPerNode {
                let amount = node < type.nodes.count ? Grid.capacity(type.nodes[node][resource]) : 0
                capacity[base + node * valuesPerNode + resource] = amount
            }
        }
        for (index, amount) in type.shared.enumerated() {
            sharedCapacity[server * type.shared.count + index] = Grid.capacity(amount)
        }
        details[server] = ServerDetails(
            traits: type.traits,
            nodeCount: UInt8(type.nodes.count),
            distanceTable: distanceTable
        )
        for node in type.nodes {
            largestNode.cpu = max(largestNode.cpu, Grid.amount(Grid.capacity(node[0])))
            largestNode.mem = max(largestNode.mem, Grid.amount(Grid.capacity(node[1])))
        }
        fewestNodes = min(fewestNodes, type.nodes.count)
    }

    /// Gives a server other capacities; what is taken stays taken.
    ///
    /// - Complexity: O(nodes * resources).
    package mutating func resize(_ server: Int, to type: ServerType) {
        let base = server * valuesPerServer
        let isCordoned = isCordoned(server)
        let taken = (0..<valuesPerServer).map { value in
            value < nodeCount(of: server) * valuesPerNode
                ? capacity[base + value] - (isCordoned ? shelved[base + value] : free[base + value]) : 0
        }
        let shared = layout.serverResources.count
        let sharedTaken = (0..<shared).map {
            sharedCapacity[server * shared + $0] - sharedFree[server * shared + $0]
        }
        setCapacity(of: server, to: type, distanceTable: distanceTable(type))
        details[server].isCordoned = isCordoned
        for value in 0..<valuesPerServer {
            let isThere = value < nodeCount(of: server) * valuesPerNode
            write(isThere ? capacity[base + value] - taken[value] : -1, at: base + value, of: server)
        }
        for index in 0..<shared {
            sharedFree[server * shared + index] = sharedCapacity[server * shared + index] - sharedTaken[index]
        }
        // Readers may keep what depends on capacities.
        journal.recordReset()
    }

    /// What a server has when nothing runs on it.
    package func type(of server: Int) -> ServerType {
        let nodes = 0..<nodeCount(of: server)
        let table = Int(details[server].distanceTable)
        return ServerType(
            nodes: nodes.map { node in
                (0..<valuesPerNode).map { capacity(server: server, node: node, resource: $0) }
            },
            shared: layout.serverResources.indices.map { sharedCapacity(server: server, resource: $0) },
            traits: traits(of: server),
            distances: table < 0
                ? [] : nodes.flatMap { from in nodes.map { distances[table][from * layout.nodes + $0] } }
        )
    }

    /// Lets a server have all of its capacity left.
    mutating func empty(_ server: Int) {
        let base = server * valuesPerServer
        for value in 0..<valuesPerServer {
            let isThere = value < nodeCount(of: server) * valuesPerNode
            write(isThere ? capacity[base + value] : -1, at: base + value, of: server)
        }
        let shared = layout.serverResources.count
        for index in server * shared..<(server + 1) * shared { sharedFree[index] = sharedCapacity[index] }
    }

    private mutating func distanceTable(_ type: ServerType) -> Int32 {
        guard !type.distances.isEmpty else { return -1 }
        var table = [UInt8](repeating: .max, count: layout.nodes * layout.nodes)
        for from in type.nodes.indices {
            for to in type.nodes.indices {
                table[from * layout.nodes + to] = type.distances[from * type.nodes.count + to]
            }
        }
        if let known = distances.firstIndex(of: table) { return Int32(known) }
        distances.append(table)
        return Int32(distances.count - 1)
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

/// What is to be known of a server beside its amounts.
struct ServerDetails: BitwiseCopyable, Sendable {
    var traits: UInt64 = 0
    var nodeCount: UInt8 = 0
    var isCordoned = false
    /// An index into the cluster's tables of distances, -1 for none.
    var distanceTable: Int32 = -1
}
