internal import SpaneScheduling

/// What the storage and the grids of a session depend on.
struct ClusterShape: Equatable {
    /// The number of servers.
    var serverCount: Int
    /// The most cores and the most memory that a NUMA node of any server has.
    var largestNode: Resources
    /// The fewest and the most NUMA nodes that servers have.
    var nodes: ClosedRange<Int>

    init(_ cluster: borrowing Cluster) {
        serverCount = cluster.serverCount
        largestNode = cluster.largestNode
        nodes = cluster.fewestNodes...cluster.layout.nodes
    }

    init(_ configuration: ClusterConfiguration) {
        serverCount = configuration.serverCount
        largestNode = configuration.largestNode
        nodes = configuration.fewestNodes...configuration.layout.nodes
    }

    /// Refuses servers that a network for two NUMA nodes does not know.
    func checkHasTwoNodes() throws(NetworkError) {
        let two = NUMATopology.nodesPerServer
        guard nodes == two...two else {
            let found = nodes.count == 1 ? "\(nodes.lowerBound)" : "\(nodes.lowerBound) to \(nodes.upperBound)"
            throw NetworkError("the network is made for servers with two NUMA nodes; these have \(found)")
        }
    }

    /// The largest input that such a cluster can give.
    func largestInput(_ normalisation: Normalisation) -> Double {
        max(1, largestNode.cpu / Double(normalisation.cpu), largestNode.mem / Double(normalisation.mem))
    }
}
