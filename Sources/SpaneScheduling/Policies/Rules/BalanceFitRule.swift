/// The roomiest nodes of the server whose nodes differ most in what remains; servers that are even, or all of whose nodes are
/// needed, are alike.
struct BalanceFitRule: PlacementRule {
    @inline(__always)
    func best(
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState,
        above least: Double
    ) -> (score: Double, nodes: NodeSet)? {
        let nodes = cluster.nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span else { return nil }
        let spread = spread(of: server, for: request, cluster)
        guard spread > least else { return nil }
        let set =
            spread > 0
            ? cluster.bestSet(
                of: nodes,
                on: server,
                span: request.span,
                request.terms,
                by: { -cluster.remaining(server: server, node: $0) }
            ) : cluster.firstSet(of: nodes, on: server, span: request.span, request.terms)
        return set.map { (spread, $0) }
    }

    /// How much the nodes of a server differ; 0 where all of them are needed.
    @inline(__always)
    private func spread(of server: Int, for request: Request, _ cluster: borrowing ClusterState) -> Double {
        let count = cluster.nodeCount(of: server)
        guard count > request.span else { return 0 }
        var (least, most) = (Double.infinity, -Double.infinity)
        for node in 0..<count {
            let remaining = cluster.remaining(server: server, node: node)
            (least, most) = (min(least, remaining), max(most, remaining))
        }
        return most - least
    }

    /// By how much the nodes of the server differ in what remains.
    func parts(
        of score: Double,
        on placement: Placement,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> [ScorePart] {
        [ScorePart(name: "unevenness", value: score)]
    }
}
