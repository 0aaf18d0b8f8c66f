/// The first server with room; on it the nodes that are nearest to each other, of those the lowest.
public struct FirstFit: Policy, Sendable {
    private var index = IndexReference()

    // So many servers are looked at in any case, which takes less time than to bring scores up to date. To look at two equal nodes
    // takes a nanosecond, at others ten.
    private static let firstLook = (pairs: 512, others: 32)

    /// Creates the policy.
    public init() {}

    /// The first placement with room.
    ///
    /// - Complexity: O(servers); on many servers O(changes) for a request that came before.
    @inline(__always)
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        if let servers { return cluster.firstAvailable(for: request, among: servers) }
        guard cluster.serverCount >= ScoreIndex.fewServers else { return cluster.firstAvailable(for: request) }
        // Its parts: a request as a whole would be copied to the stack for this call, even where it is not made.
        return firstOfMany(request.cpu, request.mem, request.share.span, request.terms, on: cluster)
    }

    /// The first placement with room on a server that passes a test.
    ///
    /// - Complexity: O(servers); on many servers O(changes) for a request that came before.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        let count = cluster.serverCount
        let firstLook = min(count, Self.firstLook.pairs)
        if let first = Self.first(for: request, on: cluster, 0..<firstLook, where: isAllowed) { return first }
        guard firstLook < count else { return nil }
        let (index, rule) = (index.own(), FirstFitRule())
        if index.isWorthwhile(for: request, by: rule, on: cluster) {
            return index.best(by: rule, for: request, on: cluster, where: isAllowed)
        }
        let first = Self.first(for: request, on: cluster, firstLook..<count, where: isAllowed)
        index.note(looks: first?.server ?? count, for: request, by: rule, on: cluster)
        return first
    }

    private static func first(
        for request: Request,
        on cluster: borrowing ClusterState,
        _ servers: Range<Int>,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        var start = servers.lowerBound
        while let found = cluster.firstAvailable(for: request, on: start..<servers.upperBound) {
            if isAllowed(found.server) { return found }
            start = found.server + 1
        }
        return nil
    }

    @inline(never)
    private mutating func firstOfMany(
        _ cpu: Double,
        _ mem: Double,
        _ span: Int,
        _ terms: RequestTerms?,
        on cluster: borrowing ClusterState
    ) -> Placement? {
        let request = Request(cpu: cpu, mem: mem, span: span, terms: terms)
        let count = cluster.serverCount
        let firstLook = min(count, cluster.isPair && terms == nil ? Self.firstLook.pairs : Self.firstLook.others)
        if let first = cluster.firstAvailable(for: request, on: 0..<firstLook) { return first }
        guard firstLook < count else { return nil }
        let (index, rule) = (index.own(), FirstFitRule())
        if index.isWorthwhile(for: request, by: rule, on: cluster) {
            return index.best(by: rule, for: request, on: cluster, among: nil)
        }
        let first = cluster.firstAvailable(for: request, on: firstLook..<count)
        index.note(looks: first?.server ?? count, for: request, by: rule, on: cluster)
        return first
    }

    /// The servers with room in their order; the score is minus the number of candidates before it.
    ///
    /// - Complexity: O(servers).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        var ranked: [RankedPlacement] = []
        for index in 0..<(servers?.count ?? cluster.serverCount) where ranked.count < limit {
            let server = selectedServer(index, of: servers)
            guard
                let found = FirstFitRule().best(on: server, for: request, of: cluster, above: -.infinity)
            else { continue }
            let placement = Placement(server: server, nodes: found.nodes)
            ranked.append(RankedPlacement(placement, "position", 0 - Double(index)))
        }
        return ranked
    }
}
