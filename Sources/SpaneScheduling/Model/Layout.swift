/// What the servers of a cluster can have: how many NUMA nodes at most, and which resources.
///
/// Cores and memory are always there, as the first two resources of a node. The others have names of the caller's: GPUs,
/// hugepages or SR-IOV functions of a node; disk or licences of a server.
public struct Layout: Equatable, Sendable {
    /// The most NUMA nodes that a server has, 1 ... 8.
    public let nodes: Int
    /// What a node gives, `cpu` and `mem` first.
    public let nodeResources: [String]
    /// What a server gives as a whole.
    public let serverResources: [String]

    /// The most NUMA nodes of one server.
    public static let mostNodes = 8
    /// The most resources in all.
    public static let mostResources = 64

    /// The servers of the paper: two nodes of cores and memory.
    public static let published = Layout()

    private init() {
        nodes = 2
        nodeResources = ["cpu", "mem"]
        serverResources = []
    }

    /// Describes servers with up to `nodes` NUMA nodes.
    ///
    /// - Parameters:
    ///   - nodeResources: the names of what a node gives beside cores and memory.
    ///   - serverResources: the names of what a server gives as a whole.
    /// - Throws: `invalidArgument` when there are fewer than 1 or more than 8 nodes, when a name is empty or given twice, or when
    ///   there are more than ``mostResources``.
    public init(
        nodes: Int,
        nodeResources: [String] = [],
        serverResources: [String] = []
    ) throws(SchedulingError) {
        guard nodes >= 1, nodes <= Self.mostNodes else {
            throw SchedulingError(
                .invalidArgument,
                "nodes is \(nodes); a server has 1 ... \(Self.mostNodes) NUMA nodes"
            )
        }
        self.nodes = nodes
        self.nodeResources = ["cpu", "mem"] + nodeResources
        self.serverResources = serverResources
        let names = self.nodeResources + serverResources
        guard names.count <= Self.mostResources else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(names.count) resources, cores and GB among them; at most \(Self.mostResources) are allowed"
            )
        }
        try Names.check(names, of: "resource")
    }

    /// The resources that have no place of their own in a ``Request``: those of nodes, then those of servers.
    public var extraResources: [String] { nodeResources.dropFirst(2) + serverResources }

    /// The most placements that a server has for one request: all sets of as many nodes as the span, for the span that has
    /// most of them. 1, 2, 3, 6, 10, 20, 35, 70 for 1 ... 8 nodes.
    public var placementsPerServer: Int {
        (1...nodes).reduce(0) { max($0, Self.sets(of: $1, among: nodes)) }
    }

    /// How many sets of `count` nodes there are among `nodes`.
    package static func sets(of count: Int, among nodes: Int) -> Int {
        (0..<count).reduce(1) { $0 * (nodes - $1) / ($1 + 1) }
    }
}
