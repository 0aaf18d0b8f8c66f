public import SpaneScheduling

/// A policy that scores every action and takes the available one with the highest score, ties to the lowest action.
///
/// It is made for clusters of one shape (see ``adapt(to:)``) and used by one thread at a time. Servers that are cordoned
/// are never chosen, and the other servers are scored as if they were not there.
public protocol ScoringPolicy: AnyObject, Policy {
    /// How the decisions came about so far.
    var counters: DecisionCounters { get }

    /// Makes the policy fit a cluster with other servers, more or fewer; does nothing when it fits already.
    ///
    /// - Throws: ``NetworkError`` when the network cannot serve such a cluster; the policy is as before then.
    /// - Complexity: O(servers) when it does something.
    func adapt(to cluster: borrowing ClusterState) throws(NetworkError)

    /// Writes Q of every action, available or not; -infinity where the server is cordoned.
    ///
    /// - Parameter scores: at least `cluster.actionCount` values; only those are written.
    /// - Complexity: O(servers * widths).
    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout MutableSpan<Float>)

    /// Writes the advantage of every action of some servers: Q less what all actions of the request have in common.
    ///
    /// - Parameters:
    ///   - servers: the servers, in any order; `nil` for all.
    ///   - advantages: receives one value for each action of each server, ``SpaneScheduling/Layout/placementsPerServer`` of
    ///     them in the numbering of ``SpaneScheduling/Action``; -infinity where the server is cordoned or lacks a node.
    /// - Complexity: O(servers given * widths) for SPANE.
    func writeAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into advantages: inout MutableSpan<Float>
    )
}

extension ScoringPolicy {
    /// Nothing: most policies keep nothing from one decision to the next.
    public var counters: DecisionCounters { DecisionCounters() }

    /// The placement of the best action.
    public func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        actionPlacement(for: request, on: cluster, among: servers)
    }

    /// The placements with the highest scores, ties to the server that stands first, then to the lower nodes.
    ///
    /// - Complexity: O(servers * widths).
    public func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        let count = (servers?.count ?? cluster.serverCount) * cluster.layout.placementsPerServer
        var scores = [Float](repeating: 0, count: count)
        var span = scores.mutableSpan
        writeAdvantages(for: request, on: cluster, servers: servers, into: &span)
        var ranking = Ranking()
        ranking.list(limit, on: cluster, among: servers, for: request, by: scores)
        return ranking.entries.map { RankedPlacement($0.placement, "score", Double($0.score)) }
    }

    /// The placement of the best action, on servers with two nodes.
    @inline(__always)
    func actionPlacement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var policy = self
        let action =
            servers == nil
            ? policy.action(for: request, on: cluster)
            : bestByAdvantages(for: request, on: cluster, among: servers)
        return action?.placement(ofSpan: request.span)
    }

    /// The best available action by the advantages of some servers, ties to the lowest action.
    ///
    /// - Complexity: O(servers given * widths).
    func bestByAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Action? {
        let nodes = NUMATopology.nodesPerServer
        let count = servers?.count ?? cluster.serverCount
        var advantages = [Float](repeating: 0, count: count * nodes)
        var span = advantages.mutableSpan
        writeAdvantages(for: request, on: cluster, servers: servers, into: &span)
        var best: Action?
        var most = -Float.infinity
        for index in 0..<count {
            for node in 0..<nodes {
                let action = Action(server: selectedServer(index, of: servers), node: node)
                guard cluster.isAvailable(action, for: request) else { continue }
                let score = advantages[index * nodes + node]
                guard best == nil || score > most else { continue }
                (best, most) = (action, score)
            }
        }
        return best
    }
}

extension Normalisation {
    /// The three inputs that describe a request.
    @inline(__always)
    func write(_ request: Request, to output: UnsafeMutablePointer<Float>) {
        unsafe output[0] = Float(request.cpu) / cpu
        unsafe output[1] = Float(request.mem) / mem
        unsafe output[2] = request.isSplit ? 1 : 0
    }
}
