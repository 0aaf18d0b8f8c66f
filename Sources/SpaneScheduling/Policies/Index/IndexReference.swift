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

    /// The placement that a rule scores highest, ties to the server that stands first; of many servers by the index.
    @inline(__always)
    mutating func best(
        by rule: some PlacementRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        let count = servers?.count ?? cluster.serverCount
        if count >= rule.fewServers { return own().best(by: rule, for: request, on: cluster, among: servers) }
        var most = -Double.infinity
        var best: Placement?
        for index in 0..<count {
            let server = selectedServer(index, of: servers)
            guard let found = rule.best(on: server, for: request, of: cluster, above: most) else { continue }
            (most, best) = (found.score, Placement(server: server, nodes: found.nodes))
        }
        return best
    }

    /// The same of the servers that pass a test.
    mutating func best(
        by rule: some PlacementRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        if cluster.serverCount >= rule.fewServers {
            return own().best(by: rule, for: request, on: cluster, where: isAllowed)
        }
        var most = -Double.infinity
        var best: Placement?
        for server in 0..<cluster.serverCount {
            guard let found = rule.best(on: server, for: request, of: cluster, above: most), isAllowed(server)
            else { continue }
            (most, best) = (found.score, Placement(server: server, nodes: found.nodes))
        }
        return best
    }
}
