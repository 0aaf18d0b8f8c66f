/// The tightest place: what remains there of the scarcer resource is least.
///
/// A node's remaining share is min(cpu / capacity, mem / capacity) before the placement; a split VM looks at the sum
/// over the nodes of a server. Ties go to the lowest action.
public struct BestFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The tightest available place.
    ///
    /// - Complexity: O(servers).
    public mutating func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        var best: Action?
        var least = Double.infinity
        if request.isSplit {
            for server in 0..<cluster.serverCount where cluster.hasRoom(on: server, for: request.demandPerNode) {
                let first = server * NUMATopology.nodesPerServer
                var remaining = 0.0
                for index in first..<first + NUMATopology.nodesPerServer {
                    remaining += cluster.remaining(atNode: index)
                }
                if remaining < least { (best, least) = (Action(first), remaining) }
            }
        } else {
            for index in 0..<cluster.actionCount where cluster.hasRoom(atNode: index, for: request.demandPerNode) {
                let remaining = cluster.remaining(atNode: index)
                if remaining < least { (best, least) = (Action(index), remaining) }
            }
        }
        return best
    }
}
