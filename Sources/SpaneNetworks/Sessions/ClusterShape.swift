internal import SpaneScheduling

/// What the storage and the grids of a session depend on.
struct ClusterShape: Equatable {
    /// The number of servers.
    var serverCount: Int
    /// The most cores and the most memory that a NUMA node of any server has.
    var largestNode: Resources
    /// The fewest and the most NUMA nodes that servers have.
    var nodes: ClosedRange<Int>

    init(_ cluster: borrowing ClusterState) {
        serverCount = cluster.serverCount
        largestNode = cluster.largestNode
        nodes = cluster.fewestNodes...cluster.mostNodes
    }

    init(_ fleet: Fleet) {
        serverCount = fleet.serverCount
        largestNode = fleet.largestNode
        nodes = fleet.fewestNodes...fleet.layout.nodes
    }

    /// Whether every server has the two NUMA nodes of the paper.
    var haveTwoNodes: Bool { nodes == NUMATopology.nodesPerServer...NUMATopology.nodesPerServer }

    /// Refuses servers that a network for two NUMA nodes does not know.
    ///
    /// - Parameter architecture: the name of the network's kind.
    func checkHasTwoNodes(_ architecture: String) throws(NetworkError) {
        guard !haveTwoNodes else { return }
        let found = nodes.count == 1 ? "\(nodes.lowerBound)" : "\(nodes.lowerBound) to \(nodes.upperBound)"
        throw NetworkError(
            .shapeMismatch,
            "the network is made for servers with two NUMA nodes; these have \(found) (its architecture is \(architecture); a "
                + "potential serves any servers)"
        )
    }

    /// Ends the process where a session was not adapted to a cluster.
    @inline(__always)
    func checkFits(_ cluster: borrowing ClusterState) {
        precondition(
            ClusterShape(cluster) == self,
            "the session is made for \(serverCount) servers; adapt it to the cluster first"
        )
    }

    /// The largest input that such a cluster can give.
    func largestInput(_ normalisation: Normalisation) -> Double {
        max(1, largestNode.cpu / Double(normalisation.cpu), largestNode.mem / Double(normalisation.mem))
    }
}
