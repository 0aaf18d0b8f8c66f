/// The last action again while it is available, otherwise First Fit.
public struct MoveToFront: Policy, Sendable {
    private var last = Action(0)

    /// Creates the policy; the last action is 0 at the start of an episode.
    public init() {}

    /// Sets the last action back to 0.
    public mutating func begin(start: Int, on cluster: borrowing Cluster) { last = Action(0) }

    /// The last action while it is available, otherwise the lowest one.
    ///
    /// - Complexity: O(1) while the last action is available, O(servers) otherwise.
    public mutating func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        if cluster.isAvailable(last, for: request) { return last }
        guard let first = cluster.firstAvailable(for: request) else { return nil }
        last = first
        return first
    }
}
