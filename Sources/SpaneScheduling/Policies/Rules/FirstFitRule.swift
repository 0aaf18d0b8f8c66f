/// The nodes that are nearest to each other, of those the lowest; all servers with room are alike.
struct FirstFitRule: PlacementRule {
    @inline(__always)
    func best(
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState,
        above least: Double
    ) -> (score: Double, nodes: NodeSet)? {
        let nodes = cluster.nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span else { return nil }
        return cluster.firstSet(of: nodes, on: server, span: request.span, request.terms).map { (0, $0) }
    }

    /// All servers with room are alike.
    func parts(
        of score: Double,
        on placement: Placement,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> [ScorePart] {
        [ScorePart(name: "alike", value: score)]
    }
}
