/// Takes the server that a rule scores highest; of many servers by an index.
struct BestServer<Rule: PlacementRule>: Sendable {
    // To look at a server takes little time here, and so it takes more of them than for a network to make up for following changes.
    private static var fewServers: Int { 2 * ScoreIndex.fewServers }

    private let rule: Rule
    private var index = IndexReference()

    init(_ rule: Rule) { self.rule = rule }

    /// The placement with the highest score, ties to the server that stands first.
    @inline(__always)
    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        let count = servers?.count ?? cluster.serverCount
        if count >= Self.fewServers {
            return index.own().best(by: rule, for: request, on: cluster, among: servers)
        }
        var most = -Double.infinity
        var best: Placement?
        for index in 0..<count {
            let server = selectedServer(index, of: servers)
            guard let found = rule.best(on: server, for: request, of: cluster, above: most) else { continue }
            (most, best) = (found.score, Placement(server: server, nodes: found.nodes))
        }
        return best
    }
}

/// An index that is made when it is needed first, and that copies of a policy do not share.
struct IndexReference: @unchecked Sendable {
    private var index: ScoreIndex?

    /// The index of this policy alone.
    mutating func own() -> ScoreIndex {
        if isKnownUniquelyReferenced(&index), let index { return index }
        let new = ScoreIndex()
        index = new
        return new
    }
}
