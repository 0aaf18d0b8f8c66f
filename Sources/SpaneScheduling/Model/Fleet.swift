internal import SpaneSystem

/// The servers of a cluster, and the rule that says over how many NUMA nodes a VM is spread.
public struct Fleet: Equatable, Sendable {
    /// How many nodes the servers have at most, and which resources.
    public let layout: Layout
    /// The kinds of servers.
    public let types: [ServerType]
    /// The kind of each server, as an index into ``types``.
    public let typeOfServer: [Int32]
    /// How many servers there are of each kind.
    public let counts: [Int]
    /// The span of VMs that do not say so themselves.
    public let spanRule: SpanRule

    /// The most servers that one cluster may have.
    public static let maximumServers = 1 << 19
    /// What one NUMA node has in every published experiment: 40 cores and 90 GB.
    public static let publishedNode = Resources(cpu: 40, mem: 90)
    /// The published split rule: more than 10 GB.
    public static let publishedSplitAbove: Double = SpanRule.published.splitAbove

    /// Describes `servers` identical servers with two equal NUMA nodes.
    ///
    /// - Parameter splitAbove: a VM with more memory than this, in GB, is spread over both nodes of its server.
    /// - Throws: `invalidArgument` when the count is not in 1 ... ``maximumServers``, when a capacity is not above zero and at
    ///   most ``Resources/largest``, or when `splitAbove` is negative or not a number.
    public init(
        servers: Int,
        node: Resources = publishedNode,
        splitAbove: Double = publishedSplitAbove
    ) throws(SchedulingError) {
        try Self.check(count: servers)
        try Memory.require(bytes: 3 * servers * MemoryLayout<Resources>.stride, for: "\(servers) servers")
        try self.init(nodeCapacities: Array(repeating: node, count: servers), splitAbove: splitAbove)
    }

    /// Describes servers with two equal NUMA nodes each, which may differ from server to server.
    ///
    /// - Throws: as ``init(servers:node:splitAbove:)``.
    public init(nodeCapacities: [Resources], splitAbove: Double = publishedSplitAbove) throws(SchedulingError) {
        try Self.check(count: nodeCapacities.count)
        var kinds: [Resources: Int32] = [:]
        var types: [ServerType] = []
        var typeOfServer: [Int32] = []
        typeOfServer.reserveCapacity(nodeCapacities.count)
        for (server, node) in nodeCapacities.enumerated() {
            if let kind = kinds[node] {
                typeOfServer.append(kind)
                continue
            }
            guard node.onGrid.isPositive else {
                throw SchedulingError(
                    .invalidArgument,
                    "server \(server): a NUMA node has \(node.cpu) cores and \(node.mem) GB; \(node.rule)"
                )
            }
            kinds[node] = Int32(types.count)
            typeOfServer.append(Int32(types.count))
            types.append(ServerType(equalNodes: NUMATopology.nodesPerServer, of: node))
        }
        try self.init(
            layout: .published,
            types: types,
            typeOfServer: typeOfServer,
            spanRule: SpanRule(splitAbove: splitAbove)
        )
    }

    /// Describes any servers.
    ///
    /// - Parameters:
    ///   - layout: the nodes and resources that the servers can have.
    ///   - types: the kinds of servers; capacities are rounded to multiples of 10⁻⁶.
    ///   - typeOfServer: for each server an index into `types`.
    ///   - spanRule: the span of VMs that do not say so themselves.
    /// - Throws: `invalidArgument` naming the kind and the value that is wrong.
    /// - Complexity: O(servers + types).
    public init(
        layout: Layout,
        types: [ServerType],
        typeOfServer: [Int32],
        spanRule: SpanRule = .published
    ) throws(SchedulingError) {
        try Self.check(count: typeOfServer.count)
        for (index, type) in types.enumerated() {
            try type.check(layout, as: type.name.isEmpty ? "server type \(index)" : "server type \(type.name)")
        }
        var counts = Array(repeating: 0, count: types.count)
        for (server, type) in typeOfServer.enumerated() {
            guard types.indices.contains(Int(type)) else {
                throw SchedulingError(
                    .invalidArgument,
                    "server \(server) is of type \(type); there are \(types.count) types"
                )
            }
            counts[Int(type)] += 1
        }
        self.layout = layout
        self.types = types.map(\.onGrid)
        self.typeOfServer = typeOfServer
        self.counts = counts
        self.spanRule = spanRule
    }

    private static func check(count: Int) throws(SchedulingError) {
        guard count >= 1, count <= maximumServers else {
            throw SchedulingError(.invalidArgument, "servers is \(count); it must be in 1 ... \(maximumServers)")
        }
    }

    /// The number of servers.
    public var serverCount: Int { typeOfServer.count }

    /// A VM with more memory than this, in GB, is spread over several NUMA nodes unless it says otherwise.
    public var splitAbove: Double { spanRule.splitAbove }

    /// The number of actions: see ``Action``.
    public var actionCount: Int { serverCount * layout.placementsPerServer }

    /// The number of values that observations of an environment on these servers have; see
    /// ``Environment/writeObservation(into:in:)``.
    package var observationCount: Int { serverCount * layout.nodes * layout.nodeResources.count + 3 }

    /// What a server has when nothing runs on it.
    public func type(ofServer server: Int) -> ServerType { types[Int(typeOfServer[server])] }

    /// Cores and memory of the first NUMA node of the first server, to which inputs and observations are related.
    public var firstNode: Resources {
        let node = type(ofServer: 0).nodes[0]
        return Resources(cpu: node[0], mem: node[1])
    }

    /// The most cores and the most memory that a NUMA node of any server has.
    public var largestNode: Resources {
        var largest = Resources(cpu: 0, mem: 0)
        for type in typesInUse {
            for node in type.nodes {
                largest.cpu = max(largest.cpu, node[0])
                largest.mem = max(largest.mem, node[1])
            }
        }
        return largest
    }

    /// The fewest NUMA nodes that a server has.
    public var fewestNodes: Int { typesInUse.reduce(layout.nodes) { min($0, $1.nodes.count) } }

    /// What a VM asks for whose span the rule tells.
    public func request(cpu: Double, mem: Double) -> Request {
        Request(cpu: cpu, mem: mem, span: spanRule.span(cpu: cpu, mem: mem))
    }

    /// Whether some server could hold the request while nothing else runs.
    ///
    /// - Complexity: O(types).
    public func canEverHold(_ request: Request) -> Bool {
        typesInUse.contains { $0.canHold(request, layout) }
    }

    /// The kinds of which there is a server.
    private var typesInUse: some Sequence<ServerType> { zip(types, counts).lazy.filter { $0.1 > 0 }.map(\.0) }
}

extension ServerType {
    /// The same with capacities on the grid.
    var onGrid: ServerType {
        var type = self
        type.nodes = nodes.map { $0.map { Grid.amount(Grid.capacity($0)) } }
        type.shared = shared.map { Grid.amount(Grid.capacity($0)) }
        return type
    }

    /// Whether an empty server of this type has room.
    func canHold(_ request: Request, _ layout: Layout) -> Bool {
        let extras = request.terms?.extras ?? []
        let perNode = layout.nodeResources.count - 2
        if let terms = request.terms {
            guard traits & terms.require == terms.require, traits & terms.forbid == 0 else { return false }
        }
        for (index, amount) in shared.enumerated() where index + perNode < extras.count {
            guard Grid.capacity(amount) >= extras[index + perNode] else { return false }
        }
        var fitting: UInt8 = 0
        for (index, node) in nodes.enumerated() {
            var fits = Grid.capacity(node[0]) >= request.share.cpu && Grid.capacity(node[1]) >= request.share.mem
            for extra in 0..<min(perNode, extras.count) {
                fits = fits && Grid.capacity(node[extra + 2]) >= extras[extra]
            }
            if fits { fitting |= 1 << UInt8(index) }
        }
        let set = NodeSet(rawValue: fitting)
        guard set.count >= request.span else { return false }
        guard let terms = request.terms, terms.farthest < .max, !distances.isEmpty else { return true }
        var isNear = false
        set.forEachSubset(of: request.span) { isNear = isNear || farthest(within: $0) <= terms.farthest }
        return isNear
    }

    /// The largest distance between two nodes of a set.
    func farthest(within set: NodeSet) -> UInt8 {
        var most: UInt8 = 0
        set.forEach { from in
            set.forEach { to in if from != to { most = max(most, distances[from * nodes.count + to]) } }
        }
        return most
    }
}
