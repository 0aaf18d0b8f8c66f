/// The last place again while it has room, otherwise First Fit.
///
/// The last place is remembered as a server and the first of its nodes; a request that spans s nodes looks at s nodes from
/// there on, beginning again at node 0 after the last one. Source: the published implementation of SPANE, which knows two equal
/// nodes.
public struct MoveToFront: Policy, Sendable {
    private var server = 0
    private var node = 0
    private var firstFit = FirstFit()

    /// Creates the policy; the last place is node 0 of server 0 at the start of an episode.
    public init() {}

    /// Sets the last place back to node 0 of server 0.
    public mutating func begin(start: Int, on cluster: borrowing ClusterState) { (server, node) = (0, 0) }

    /// The last place while it has room, otherwise the first one.
    ///
    /// - Complexity: O(1) while the last place has room, O(servers) otherwise; O(servers given) among candidates.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        if let last = lastPlace(for: request, on: cluster, among: servers) { return last }
        guard let first = firstFit.placement(for: request, on: cluster, among: servers) else { return nil }
        (server, node) = (first.server, first.nodes.first)
        return first
    }

    /// The action of the last place, by the node that is remembered.
    public mutating func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        guard let placement = placement(for: request, on: cluster, among: nil) else { return nil }
        let isLast = placement.server == server && placement.nodes.contains(node)
        guard isLast, cluster.layout.nodes == NUMATopology.nodesPerServer else {
            return cluster.layout.action(of: placement)
        }
        return Action(server: server, node: node)
    }

    /// The last place with a score of 1 while it has room, then as ``FirstFit``.
    ///
    /// - Complexity: O(servers).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        guard limit > 0, let last = lastPlace(for: request, on: cluster, among: servers) else {
            return firstFit.ranked(limit, for: request, on: cluster, among: servers)
        }
        let others = firstFit.ranked(limit, for: request, on: cluster, among: servers)
            .filter { $0.placement.server != last.server }
        return [RankedPlacement(last, "last-place", 1)] + others.prefix(limit - 1)
    }

    private func lastPlace(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        guard server < cluster.serverCount else { return nil }
        if let servers {
            guard (0..<servers.count).contains(where: { Int(servers[$0]) == server }) else { return nil }
        }
        let count = cluster.nodeCount(of: server)
        guard request.span <= count, node < count else { return nil }
        var nodes: UInt8 = 0
        for offset in 0..<request.span { nodes |= 1 << UInt8((node + offset) % count) }
        let placement = Placement(server: server, nodes: NodeSet(rawValue: nodes))
        return cluster.isAvailable(placement, for: request) ? placement : nil
    }
}
