/// The first server with room; on it the nodes that are nearest to each other, of those the lowest.
public struct FirstFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The first placement with room.
    ///
    /// - Complexity: O(servers).
    @inline(__always)
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        if let servers { return cluster.firstAvailable(for: request, among: servers) }
        return cluster.firstAvailable(for: request)
    }
}
