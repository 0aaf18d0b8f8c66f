/// The tightest place: the nodes on which least remains of the scarcer resource.
///
/// A node's remaining share is min(cpu / capacity, mem / capacity) before the placement. Of all sets of as many nodes as the
/// request spans, on all servers, the one with the least sum is taken; ties go to the lowest server, there to the set whose
/// nodes are nearest to each other, of those to the lowest. Source: the published implementation of SPANE, which knows two
/// equal nodes.
public struct BestFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The tightest available place.
    ///
    /// - Complexity: O(servers * sets of nodes).
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var best: Placement?
        var least = Double.infinity
        for index in 0..<(servers?.count ?? cluster.serverCount) {
            let server = selectedServer(index, of: servers)
            let nodes = cluster.nodesWithRoom(on: server, for: request)
            guard nodes.count >= request.span,
                let set = cluster.bestSet(
                    of: nodes,
                    on: server,
                    span: request.span,
                    request.terms,
                    by: { cluster.remaining(server: server, node: $0) }
                )
            else { continue }
            var remaining = 0.0
            set.forEach { remaining += cluster.remaining(server: server, node: $0) }
            if remaining < least { (best, least) = (Placement(server: server, nodes: set), remaining) }
        }
        return best
    }
}
