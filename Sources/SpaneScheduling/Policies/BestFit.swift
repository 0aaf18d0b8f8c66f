/// The tightest place: the nodes on which least remains of the scarcer resource.
///
/// A node's remaining share is min(cpu / capacity, mem / capacity) before the placement. Of all sets of as many nodes as the
/// request spans, on all servers, the one with the least sum is taken; ties go to the server that stands first, there to the set
/// whose nodes are nearest to each other, of those to the lowest. Source: the published implementation of SPANE, which knows two
/// equal nodes.
public struct BestFit: Policy, Sendable {
    private var index = IndexReference()

    /// Creates the policy.
    public init() {}

    /// The tightest available place.
    ///
    /// - Complexity: O(servers * sets of nodes); on many servers O(changes) for a request that came before.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        index.best(by: BestFitRule(), for: request, on: cluster, among: servers)
    }

    /// The same among servers that pass a test.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        index.best(by: BestFitRule(), for: request, on: cluster, where: isAllowed)
    }

    /// Of each server its tightest place.
    ///
    /// - Complexity: O(servers * (sets of nodes + limit)).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        BestFitRule().ranked(limit, for: request, on: cluster, among: servers)
    }
}
