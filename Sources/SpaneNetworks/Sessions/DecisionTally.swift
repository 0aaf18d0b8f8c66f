/// How the decisions of a session came about.
public struct DecisionCounters: Equatable, Sendable {
    /// Decisions that a shortlist of the best servers answered.
    public var byShortlist = 0
    /// Decisions that scored only the servers that had changed since the same request.
    public var byTree = 0
    /// Scores of servers that were remembered.
    public var cachedScores = 0
    /// Scores of servers that had to be computed although scores are remembered.
    public var computedScores = 0

    /// Nothing decided yet.
    public init() {}
}

/// What the caches of one session count in. Each adds to it once a decision, so that counting costs nothing that can be
/// measured.
final class DecisionTally {
    var counters = DecisionCounters()
}
