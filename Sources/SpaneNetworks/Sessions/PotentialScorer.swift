internal import SpaneScheduling

/// Computes what placements add to the potential of servers, for one kind of servers.
protocol PotentialScorer: AnyObject {
    /// Writes the best placement on every server of the batch and its score.
    ///
    /// - Parameter level: what the scores depend on beside the request and the server.
    func score(
        _ batch: ServerBatch,
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState
    )

    /// Writes the score of every action of some servers; see ``ScoringPolicy/writeAdvantages(for:on:servers:into:)``. There is a
    /// placement for the request, and all scores are -infinity before.
    func writeAdvantages(
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    )
}

/// The rule of a potential: the placement that adds most to it.
struct PotentialRule: ServerRule {
    let scorer: any PotentialScorer
    let level: MeanFreeCapacity

    var context: UInt64 { level.bits }

    func score(_ batch: ServerBatch, for request: Request, on cluster: borrowing ClusterState) {
        scorer.score(batch, for: request, at: level, on: cluster)
    }

    /// A score that can be compared. Weights that overflow give others; such a placement is the last resort.
    @inline(__always)
    static func comparable(_ score: Float) -> Float {
        let least = -Float.greatestFiniteMagnitude
        return score > least ? score : least
    }
}
