/// When an episode ends. In any case it also ends when the next VM would be the last one of the trace.
public enum EpisodeEnd: Equatable, Sendable, CustomStringConvertible {
    /// After this many placements.
    case length(Int)
    /// This many placements after (and counting) the first one whose successor fits nowhere when it is checked:
    /// right after the placement, before the clock moves, so a VM about to leave still counts as running.
    case exceed(Int)
    /// After as many placements as First Fit makes until the first time that the next VM fits nowhere, and
    /// ``automaticMargin`` more.
    case automatic

    /// What the automatic length adds, as in every published experiment.
    public static let automaticMargin = 40

    /// `900`, `exceed 1` or `auto`.
    public var description: String {
        switch self {
        case .length(let length): "\(length)"
        case .exceed(let limit): "exceed \(limit)"
        case .automatic: "auto"
        }
    }
}
