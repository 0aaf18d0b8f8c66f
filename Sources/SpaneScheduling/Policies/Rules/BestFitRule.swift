/// The tightest place: the nodes on which least remains of the scarcer resource.
///
/// A node's remaining share is min(cpu / capacity, mem / capacity) before the placement; the set with the least sum is taken.
struct BestFitRule: PlacementRule {
    @inline(__always)
    func best(
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState,
        above least: Double
    ) -> (score: Double, nodes: NodeSet)? {
        let nodes = cluster.nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span,
            let set = cluster.bestSet(
                of: nodes,
                on: server,
                span: request.span,
                request.terms,
                by: { cluster.remaining(server: server, node: $0) }
            )
        else { return nil }
        var remaining = 0.0
        set.forEach { remaining += cluster.remaining(server: server, node: $0) }
        return -remaining > least ? (-remaining, set) : nil
    }

    /// Less what remains of the nodes, in shares, before the VM is there.
    func parts(
        of score: Double,
        on placement: Placement,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> [ScorePart] {
        [ScorePart(name: "remaining", value: score)]
    }
}
