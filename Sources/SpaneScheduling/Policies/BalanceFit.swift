/// Evens out the NUMA nodes of the most uneven server.
///
/// The request goes to the server, among those with room, whose nodes differ most in what remains (the share of the scarcer
/// resource), and there to the nodes with room that have the most left. A server all of whose nodes are needed cannot be made
/// more even and counts as even; if all servers with room are even, this is First Fit. Ties go to the lowest server, there to
/// the set whose nodes are nearest to each other, of those to the lowest. Source: the published implementation of SPANE, which
/// knows two equal nodes.
public struct BalanceFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The roomiest available nodes of the most uneven server.
    ///
    /// - Complexity: O(servers * sets of nodes).
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var best: Placement?
        var widest = 0.0
        for index in 0..<(servers?.count ?? cluster.serverCount) {
            let server = selectedServer(index, of: servers)
            let count = cluster.nodeCount(of: server)
            guard count > request.span else { continue }
            let nodes = cluster.nodesWithRoom(on: server, for: request)
            guard nodes.count >= request.span else { continue }
            var least = Double.infinity
            var most = -Double.infinity
            for node in 0..<count {
                let remaining = cluster.remaining(server: server, node: node)
                least = min(least, remaining)
                most = max(most, remaining)
            }
            guard most - least > widest,
                let set = cluster.bestSet(
                    of: nodes,
                    on: server,
                    span: request.span,
                    request.terms,
                    by: { -cluster.remaining(server: server, node: $0) }
                )
            else { continue }
            (best, widest) = (Placement(server: server, nodes: set), most - least)
        }
        if let best { return best }
        var first = FirstFit()
        return first.placement(for: request, on: cluster, among: servers)
    }
}
