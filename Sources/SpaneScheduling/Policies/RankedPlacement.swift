/// A part of a score.
public struct ScorePart: Equatable, Sendable {
    /// Such as "10*most-allocated".
    public let name: String
    /// What it adds.
    public let value: Double

    /// A part of a score.
    public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
}

/// A placement with room, how good it is, and what makes it so.
public struct RankedPlacement: Equatable, Sendable {
    /// The placement.
    public let placement: Placement
    /// By which the policy ranks; higher is better.
    public let score: Double
    /// What adds up to the score, in this order.
    public let parts: [ScorePart]

    /// A placement and what makes it good.
    public init(_ placement: Placement, score: Double, parts: [ScorePart]) {
        (self.placement, self.score, self.parts) = (placement, score, parts)
    }

    /// A placement whose score has one part.
    public init(_ placement: Placement, _ name: String, _ score: Double) {
        self.init(placement, score: score, parts: [ScorePart(name: name, value: score)])
    }
}

extension Policy {
    /// The choice of the policy, then its choice among the other servers, and so on; all that can be said of them is whose turn it
    /// was.
    ///
    /// - Complexity: O(limit * servers).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        var policy = self
        var ranked: [RankedPlacement] = []
        var rest = (0..<(servers?.count ?? cluster.serverCount)).map {
            Int32(truncatingIfNeeded: selectedServer($0, of: servers))
        }
        while ranked.count < limit, !rest.isEmpty {
            guard let chosen = policy.placement(for: request, on: cluster, among: rest.span) else { break }
            ranked.append(RankedPlacement(chosen, "turn", 0 - Double(ranked.count)))
            policy.stopLearning()
            rest.removeAll { Int($0) == chosen.server }
        }
        return ranked
    }
}

extension PlacementRule {
    /// The best placements of the servers where they are highest, ties to the server that stands first.
    ///
    /// - Complexity: O(servers * (sets of nodes + limit)).
    func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        guard limit > 0 else { return [] }
        var best: [(score: Double, placement: Placement)] = []
        for index in 0..<(servers?.count ?? cluster.serverCount) {
            let server = selectedServer(index, of: servers)
            let least = best.count == limit ? best[limit - 1].score : -.infinity
            guard let found = self.best(on: server, for: request, of: cluster, above: least) else { continue }
            if best.count == limit { best.removeLast() }
            var (low, high) = (0, best.count)
            while low < high {
                let middle = (low + high) / 2
                if best[middle].score >= found.score { low = middle + 1 } else { high = middle }
            }
            best.insert((found.score, Placement(server: server, nodes: found.nodes)), at: low)
        }
        var ranked: [RankedPlacement] = []
        for (score, placement) in best {
            let parts = parts(of: score, on: placement, for: request, of: cluster)
            ranked.append(RankedPlacement(placement, score: score, parts: parts))
        }
        return ranked
    }
}
