internal import SpaneScheduling

/// What the storage and the grids of a session depend on.
struct ClusterShape: Equatable {
    /// The number of servers.
    var serverCount: Int
    /// The most cores and the most memory that a NUMA node of any server has.
    var largestNode: Resources

    init(_ cluster: borrowing Cluster) {
        serverCount = cluster.serverCount
        largestNode = cluster.largestNode
    }

    init(_ configuration: ClusterConfiguration) {
        serverCount = configuration.serverCount
        largestNode = Resources(
            cpu: configuration.nodeCapacities.reduce(0) { max($0, $1.cpu) },
            mem: configuration.nodeCapacities.reduce(0) { max($0, $1.mem) }
        )
    }

    /// The largest input that such a cluster can give.
    func largestInput(_ normalisation: Normalisation) -> Double {
        max(1, largestNode.cpu / Double(normalisation.cpu), largestNode.mem / Double(normalisation.mem))
    }
}
