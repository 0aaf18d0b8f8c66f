internal import SpaneBuffers
internal import Synchronization

/// What every NUMA node of every server has left.
///
/// Storage is flat, in the order (server, NUMA node, resource), in steps of the ``Grid``, so that releasing what was placed
/// restores the cluster exactly.
public struct ClusterState: ~Copyable, Sendable {
    /// The number of servers.
    public private(set) var serverCount = 0

    // [server][node][resource]: what may be taken; -1 of everything on a cordoned server and on nodes that a server does not
    // have, so that nothing fits there.
    var free: FlatBuffer<Double>
    // [server][node][resource]
    var capacity: FlatBuffer<Double>
    var details: FlatBuffer<ServerDetails>
    var journal: ChangeJournal
    let particulars: ClusterParticulars
    /// Whether all there is are cores and memory of two nodes, which the hot loops know.
    let isPair: Bool
    // Never used. What holds an atomic stays where it is and is passed by its address; any other struct of this size is passed by
    // a copy on the stack, which took a third of the time of a step.
    private let pin = Atomic<UInt8>(0)

    /// Creates an empty cluster.
    ///
    /// - Complexity: O(servers).
    public init(_ fleet: Fleet) {
        self.init(
            layout: fleet.layout,
            spanRule: fleet.spanRule,
            room: fleet.serverCount
        )
        append(fleet.typeOfServer, of: fleet.types)
    }

    /// Creates a cluster without servers, with storage for `room` of them.
    package init(layout: Layout = .published, spanRule: SpanRule, room: Int = 0) {
        particulars = ClusterParticulars(layout, spanRule, room: room)
        isPair = layout == .published
        free = FlatBuffer(repeating: 0, count: room * particulars.valuesPerServer)
        capacity = FlatBuffer(repeating: 0, count: room * particulars.valuesPerServer)
        details = FlatBuffer(repeating: ServerDetails(), count: room)
        journal = ChangeJournal(serverCount: room)
    }

    private init(copying other: borrowing ClusterState) {
        serverCount = other.serverCount
        isPair = other.isPair
        free = other.free.copy()
        capacity = other.capacity.copy()
        details = other.details.copy()
        journal = other.journal.copy()
        particulars = other.particulars.copy()
    }

    /// An independent cluster in the same state.
    public func copy() -> ClusterState { ClusterState(copying: self) }

    /// The bytes that a cluster of so many servers takes: what they have left and can hold, and their part of the journal.
    package static func bytes(servers: Int, layout: Layout) -> Int {
        4096 + servers * (64 + 16 * (layout.nodes * layout.nodeResources.count + layout.serverResources.count))
    }

    /// The bytes that it occupies.
    package var bytes: Int { free.bytes + capacity.bytes + details.bytes + journal.bytes + particulars.bytes }

    /// How many nodes the servers have at most, and which resources.
    public var layout: Layout { particulars.layout }

    /// The span of VMs that do not say so themselves.
    public var spanRule: SpanRule { particulars.spanRule }

    /// The most cores and the most memory that a NUMA node of any server has; 0 while there are none.
    public var largestNode: Resources {
        let steps = particulars.sizes.largestNode
        return Resources(cpu: Grid.amount(steps.cpu), mem: Grid.amount(steps.mem))
    }

    /// The fewest NUMA nodes that any server has; as many as the layout allows while there are none.
    public var fewestNodes: Int { particulars.sizes.fewestNodes }

    /// The most NUMA nodes that a server can have.
    package var mostNodes: Int { particulars.mostNodes }

    /// Values of a node in the flat storage.
    @inline(__always)
    var valuesPerNode: Int { particulars.valuesPerNode }

    /// Values of a server in the flat storage.
    @inline(__always)
    var valuesPerServer: Int { particulars.valuesPerServer }

    /// The number of actions: see ``Action``.
    public var actionCount: Int { serverCount * particulars.placementsPerServer }

    // MARK: Growing and shrinking

    /// Adds empty servers of these types, which the layout allows.
    ///
    /// - Complexity: O(servers added), amortised.
    package mutating func append(_ typeOfServer: [Int32], of types: [ServerType]) {
        let first = serverCount
        makeRoom(for: first + typeOfServer.count)
        serverCount = first + typeOfServer.count
        let tables = types.map { distanceTable($0) }
        let names = types.map { particulars.number(ofName: $0.name) }
        let sizes = types.map { ServerSizes.Size($0) }
        for (offset, index) in typeOfServer.enumerated() {
            let type = types[Int(index)]
            setCapacity(of: first + offset, to: type, distanceTable: tables[Int(index)])
            particulars.typeName[first + offset] = names[Int(index)]
            particulars.sizes.add(sizes[Int(index)])
            empty(first + offset)
        }
        journal.recordGrowth(to: serverCount)
    }

    /// Lets the last server take the place of another one, which is gone.
    ///
    /// - Complexity: O(1); O(sizes of servers) where no other one is as large as the one that is gone.
    package mutating func removeServer(_ server: Int) {
        let last = serverCount - 1
        particulars.sizes.remove(ServerSizes.Size(type(of: server)))
        if server != last { moveServer(last, to: server) }
        serverCount = last
        journal.recordReset()
    }

    private mutating func makeRoom(for needed: Int) {
        guard needed > details.count else { return }
        let room = max(needed, 2 * details.count)
        free = free.copy(count: room * valuesPerServer, filling: 0)
        capacity = capacity.copy(count: room * valuesPerServer, filling: 0)
        details = details.copy(count: room, filling: ServerDetails())
        particulars.grow(to: room)
    }

    private mutating func moveServer(_ source: Int, to target: Int) {
        let (from, to) = (source * valuesPerServer, target * valuesPerServer)
        for value in 0..<valuesPerServer {
            free[to + value] = free[from + value]
            capacity[to + value] = capacity[from + value]
            if particulars.shelved.count > 0 { particulars.shelved[to + value] = particulars.shelved[from + value] }
        }
        let shared = layout.serverResources.count
        for value in 0..<shared {
            particulars.sharedFree[target * shared + value] = particulars.sharedFree[source * shared + value]
            particulars.sharedCapacity[target * shared + value] = particulars.sharedCapacity[source * shared + value]
        }
        details[target] = details[source]
        particulars.typeName[target] = particulars.typeName[source]
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
            particulars.sharedCapacity[server * type.shared.count + index] = Grid.capacity(amount)
        }
        details[server] = ServerDetails(
            traits: type.traits,
            nodeCount: UInt8(type.nodes.count),
            distanceTable: distanceTable
        )
    }

    /// Gives a server other capacities; what is taken stays taken.
    ///
    /// - Complexity: O(nodes * resources).
    package mutating func resize(_ server: Int, to type: ServerType) {
        let base = server * valuesPerServer
        let isCordoned = isCordoned(server)
        let taken = (0..<valuesPerServer).map { value in
            value < nodeCount(of: server) * valuesPerNode
                ? capacity[base + value] - (isCordoned ? particulars.shelved[base + value] : free[base + value]) : 0
        }
        let shared = layout.serverResources.count
        let sharedTaken = (0..<shared).map {
            particulars.sharedCapacity[server * shared + $0]
                - particulars.sharedFree[server * shared + $0]
        }
        particulars.sizes.remove(ServerSizes.Size(self.type(of: server)))
        particulars.sizes.add(ServerSizes.Size(type))
        setCapacity(of: server, to: type, distanceTable: distanceTable(type))
        particulars.typeName[server] = particulars.number(ofName: type.name)
        details[server].isCordoned = isCordoned
        for value in 0..<valuesPerServer {
            let isThere = value < nodeCount(of: server) * valuesPerNode
            write(isThere ? capacity[base + value] - taken[value] : -1, at: base + value, of: server)
        }
        for index in 0..<shared {
            particulars.sharedFree[server * shared + index] =
                particulars.sharedCapacity[server * shared + index] - sharedTaken[index]
        }
        // Readers may keep what depends on capacities.
        journal.recordReset()
    }

    /// What the type of a server is called; empty where it has no name.
    package func typeName(of server: Int) -> String { particulars.typeNames[typeNameNumber(of: server)] }

    /// The number of this name among ``typeNames``.
    package func typeNameNumber(of server: Int) -> Int { Int(particulars.typeName[server]) }

    /// The names of types that the servers are or were of, as far as they have any; names never leave this list.
    package var typeNames: [String] { particulars.typeNames }

    /// What a server has when nothing runs on it.
    package func type(of server: Int) -> ServerType {
        let nodes = 0..<nodeCount(of: server)
        let table = Int(details[server].distanceTable)
        return ServerType(
            name: typeName(of: server),
            nodes: nodes.map { node in
                (0..<valuesPerNode).map { capacity(server: server, node: node, resource: $0) }
            },
            shared: layout.serverResources.indices.map { sharedCapacity(server: server, resource: $0) },
            traits: traits(of: server),
            distances: table < 0
                ? [] : nodes.flatMap { from in nodes.map { particulars.distances[table][from * layout.nodes + $0] } }
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
        for index in server * shared..<(server + 1) * shared {
            particulars.sharedFree[index] = particulars.sharedCapacity[index]
        }
    }

    private mutating func distanceTable(_ type: ServerType) -> Int32 {
        guard !type.distances.isEmpty else { return -1 }
        var table = [UInt8](repeating: .max, count: layout.nodes * layout.nodes)
        for from in type.nodes.indices {
            for to in type.nodes.indices {
                table[from * layout.nodes + to] = type.distances[from * type.nodes.count + to]
            }
        }
        if let known = particulars.distances.firstIndex(of: table) { return Int32(known) }
        particulars.distances.append(table)
        return Int32(particulars.distances.count - 1)
    }

    // MARK: Following changes

    /// The number of the next change; it grows with every change of a server.
    public var revision: UInt64 { journal.revision }

    /// The oldest revision whose changes are still known; whoever has seen less must look at all servers.
    public var oldestRevision: UInt64 { journal.oldestRevision }

    /// The latest revision at which any server may have changed in anything.
    var oldestReset: UInt64 { journal.oldestReset }

    /// The values that say, since ``oldestReset``, what a server has left.
    var stateValueCount: Int { particulars.valuesPerServer + particulars.sharedPerServer }

    /// One of them; on a cordoned server another than on one that is not.
    @inline(__always)
    func stateValue(_ server: Int, _ index: Int) -> Double {
        let own = particulars.valuesPerServer
        if index < own { return free[server * own + index] }
        return particulars.sharedFree[server * particulars.sharedPerServer + index - own]
    }

    /// Tells the changes of this cluster from those of every other one.
    package var journalIdentity: UInt64 { journal.identity }

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
