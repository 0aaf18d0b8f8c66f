/// The lowest available action.
public struct FirstFit: Policy, Sendable {
    /// Creates the policy.
    public init() {}

    /// The lowest available action.
    ///
    /// - Complexity: O(servers).
    @inline(__always)
    public mutating func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        cluster.firstAvailable(for: request)
    }
}
