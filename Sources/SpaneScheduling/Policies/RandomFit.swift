/// Uniform over the available placements.
public struct RandomFit: Policy, Sendable {
    private let seed: UInt64
    private var generator: Xoshiro256StarStar

    /// Creates the policy. Each episode draws from a stream of its own that depends on `seed` and the episode's start.
    public init(seed: UInt64 = 0) {
        self.seed = seed
        generator = Xoshiro256StarStar(seed: seed)
    }

    /// Starts the stream of the episode.
    public mutating func begin(start: Int, on cluster: borrowing ClusterState) {
        generator = Xoshiro256StarStar(seed: seed, stream: UInt64(start))
    }

    /// An available placement, each with the same probability.
    ///
    /// - Complexity: O(servers * sets of nodes).
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var chosen: Placement?
        var seen = 0
        for index in 0..<(servers?.count ?? cluster.serverCount) {
            let server = selectedServer(index, of: servers)
            let nodes = cluster.nodesWithRoom(on: server, for: request)
            nodes.forEachSubset(of: request.span) { set in
                guard cluster.areNear(set, on: server, request.terms) else { return }
                // Reservoir sampling: one pass, nothing stored. A set is seen once for each of its nodes, which leaves all
                // with the same probability and is how the paper counts actions.
                for _ in 0..<request.span {
                    seen += 1
                    if generator.below(seen) == 0 { chosen = Placement(server: server, nodes: set) }
                }
            }
        }
        return chosen
    }
}
