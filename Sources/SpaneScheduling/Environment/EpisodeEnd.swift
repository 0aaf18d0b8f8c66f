/// When an episode ends. Either way it also ends when the next VM would be the last one of the trace.
public enum EpisodeEnd: Equatable, Sendable {
    /// After this many placements.
    case length(Int)
    /// This many placements after (and counting) the first one whose successor fits nowhere when it is checked:
    /// right after the placement, before the clock moves, so a VM about to leave still counts as running.
    case exceed(Int)
}
