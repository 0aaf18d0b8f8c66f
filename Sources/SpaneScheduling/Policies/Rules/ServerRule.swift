/// How good the best placement on a server is, by the state of the server and the request alone.
///
/// The server with the highest score is taken, of equal ones the one that stands first. ``PlacementRule`` is for rules that look at
/// one server after the other; others score many at once.
package protocol ServerRule {
    /// What scores depend on beside the server and the request: those of one context are never compared with those of another.
    var context: UInt64 { get }

    /// Among fewer servers than this, looking at all of them is faster than following their changes.
    var fewServers: Int { get }

    /// Writes the score and the nodes of the best placement on every server of the batch, ``ServerBatch/noRoom`` where there is
    /// none. Scores are numbers above -infinity.
    func score(_ batch: ServerBatch, for request: Request, on cluster: borrowing ClusterState)
}

extension ServerRule {
    package var fewServers: Int { ScoreIndex.fewServers }
}

/// A rule that looks at one server.
protocol PlacementRule: ServerRule, Sendable {
    /// The best placement on a server and its score; `nil` where there is no room or the score is not above `least`.
    func best(
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState,
        above least: Double
    ) -> (score: Double, nodes: NodeSet)?

    /// What a score is the sum of.
    func parts(
        of score: Double,
        on placement: Placement,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> [ScorePart]
}

extension PlacementRule {
    package var context: UInt64 { 0 }

    // To look at a server takes little time, and so it takes more of them than for a network to make up for following changes.
    package var fewServers: Int { 2 * ScoreIndex.fewServers }

    package func score(_ batch: ServerBatch, for request: Request, on cluster: borrowing ClusterState) {
        for index in 0..<batch.count {
            let found = best(on: batch.server(index), for: request, of: cluster, above: -.infinity)
            batch.set(index, score: found?.score ?? ServerBatch.noRoom, nodes: found?.nodes ?? .none)
        }
    }
}
