/// Uniform over the available actions.
public struct RandomFit: Policy, Sendable {
    private let seed: UInt64
    private var generator: Xoshiro256StarStar

    /// Creates the policy. Each episode draws from a stream of its own that depends on `seed` and the episode's start.
    public init(seed: UInt64 = 0) {
        self.seed = seed
        generator = Xoshiro256StarStar(seed: seed)
    }

    /// Starts the stream of the episode.
    public mutating func begin(start: Int, on cluster: borrowing Cluster) {
        generator = Xoshiro256StarStar(seed: seed, stream: UInt64(start))
    }

    /// An available action, each with the same probability.
    ///
    /// - Complexity: O(servers).
    public mutating func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        var chosen: Action?
        var seen = 0
        // Reservoir sampling: one pass, nothing stored.
        for index in 0..<cluster.actionCount where cluster.isAvailable(Action(index), for: request) {
            seen += 1
            if generator.below(seen) == 0 { chosen = Action(index) }
        }
        return chosen
    }
}
