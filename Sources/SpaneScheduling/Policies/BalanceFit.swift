/// Evens out the NUMA nodes of the most uneven server.
///
/// A VM on one node goes to the server, among those with room, whose nodes differ most in what remains, and there to
/// the available node with the most; with all servers even, and for a split VM, this is First Fit. Ties go to the
/// lowest server.
public struct BalanceFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The available node with the most left on the most uneven server.
    ///
    /// - Complexity: O(servers).
    public mutating func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        if request.isSplit { return cluster.firstAvailable(for: request) }
        var best: Action?
        var widest = 0.0
        for server in 0..<cluster.serverCount {
            let first = server * NUMATopology.nodesPerServer
            var least = Double.infinity
            var most = -Double.infinity
            var roomiest: Action?
            var roomiestRemaining = -Double.infinity
            for index in first..<first + NUMATopology.nodesPerServer {
                let remaining = cluster.remaining(atNode: index)
                least = min(least, remaining)
                most = max(most, remaining)
                if remaining > roomiestRemaining, cluster.hasRoom(atNode: index, for: request.demandPerNode) {
                    (roomiest, roomiestRemaining) = (Action(index), remaining)
                }
            }
            if let roomiest, most - least > widest { (best, widest) = (roomiest, most - least) }
        }
        return best ?? cluster.firstAvailable(for: request)
    }
}
