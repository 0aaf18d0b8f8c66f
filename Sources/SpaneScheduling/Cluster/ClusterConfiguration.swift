internal import SpaneHost

/// The servers of a cluster and the rule that tells which VMs are split over NUMA nodes.
public struct ClusterConfiguration: Equatable, Sendable {
    /// What one NUMA node of each server has; all nodes of a server are alike.
    public let nodeCapacities: [Resources]
    /// A VM with more memory than this, in GB, is split evenly over all NUMA nodes of its server.
    public let splitAbove: Double

    /// The most servers that one cluster may have.
    public static let maximumServers = 1 << 19
    /// What one NUMA node has in every published experiment: 40 cores and 90 GB.
    public static let publishedNode = Resources(cpu: 40, mem: 90)
    /// The published split rule: more than 10 GB.
    public static let publishedSplitAbove: Double = 10

    /// Describes `servers` identical servers.
    ///
    /// - Throws: `invalidArgument` when the count is not in 1 ... ``maximumServers``, or as the other initializer does.
    public init(
        servers: Int,
        node: Resources = publishedNode,
        splitAbove: Double = publishedSplitAbove
    ) throws(SchedulingError) {
        try Self.check(count: servers)
        try Memory.require(bytes: 3 * servers * MemoryLayout<Resources>.stride, for: "\(servers) servers")
        try self.init(nodeCapacities: Array(repeating: node, count: servers), splitAbove: splitAbove)
    }

    /// Describes servers that may differ in size.
    ///
    /// - Throws: `invalidArgument` when there are no servers or too many, when a capacity is not above zero and at most
    ///   ``Resources/largest``, or when `splitAbove` is negative or not a number.
    public init(nodeCapacities: [Resources], splitAbove: Double = publishedSplitAbove) throws(SchedulingError) {
        try Self.check(count: nodeCapacities.count)
        for (server, node) in nodeCapacities.enumerated() where !node.onGrid.isPositive {
            throw SchedulingError(
                .invalidArgument,
                "server \(server): a NUMA node has \(node.cpu) cores and \(node.mem) GB; \(node.rule)"
            )
        }
        guard splitAbove >= 0 else {
            throw SchedulingError(.invalidArgument, "split-above is \(splitAbove) GB; it must not be negative")
        }
        self.nodeCapacities = nodeCapacities.map(\.onGrid)
        self.splitAbove = splitAbove
    }

    private static func check(count: Int) throws(SchedulingError) {
        guard count >= 1, count <= maximumServers else {
            throw SchedulingError(.invalidArgument, "servers is \(count); it must be in 1 ... \(maximumServers)")
        }
    }

    /// The number of servers.
    public var serverCount: Int { nodeCapacities.count }

    /// The number of actions: one for each NUMA node of each server.
    public var actionCount: Int { serverCount * NUMATopology.nodesPerServer }

    /// What a VM of this size asks for.
    @inlinable
    public func request(cpu: Double, mem: Double) -> Request {
        Request(cpu: cpu, mem: mem, isSplit: mem > splitAbove)
    }

    /// What a VM asks for.
    @inlinable
    public func request(for vm: VirtualMachine) -> Request { request(cpu: vm.cpu, mem: vm.mem) }

    /// Whether some server could hold the request while nothing else runs.
    ///
    /// - Complexity: O(servers).
    public func canEverHold(_ request: Request) -> Bool {
        let demand = request.demandPerNode
        return nodeCapacities.contains { $0.cpu >= demand.cpu && $0.mem >= demand.mem }
    }
}
