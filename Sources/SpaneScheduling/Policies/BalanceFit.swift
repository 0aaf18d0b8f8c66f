/// Evens out the NUMA nodes of the most uneven server.
///
/// The request goes to the server, among those with room, whose nodes differ most in what remains (the share of the scarcer
/// resource), and there to the nodes with room that have the most left. A server all of whose nodes are needed cannot be made
/// more even and counts as even; if all servers with room are even, this is First Fit. Ties go to the server that stands first,
/// there to the set whose nodes are nearest to each other, of those to the lowest. Source: the published implementation of SPANE,
/// which knows two equal nodes.
public struct BalanceFit: Policy, Sendable {
    private var index = IndexReference()

    /// Creates the policy.
    public init() {}

    /// The roomiest available nodes of the most uneven server.
    ///
    /// - Complexity: O(servers * sets of nodes); on many servers O(changes) for a request that came before.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        index.best(by: BalanceFitRule(), for: request, on: cluster, among: servers)
    }

    /// The same among servers that pass a test.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        index.best(by: BalanceFitRule(), for: request, on: cluster, where: isAllowed)
    }

    /// Of each server its roomiest nodes.
    ///
    /// - Complexity: O(servers * (sets of nodes + limit)).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        BalanceFitRule().ranked(limit, for: request, on: cluster, among: servers)
    }
}
