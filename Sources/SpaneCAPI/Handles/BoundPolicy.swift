internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneNetworks
internal import SpaneScheduling

/// A policy that decides about one cluster, live or of an environment, with what it needs from one decision to the next.
///
/// Who uses it sees to it that calls do not overlap and that the servers do not change meanwhile.
final class BoundPolicy {
    private var policy: any Policy
    private let network: (any ScoringPolicy)?
    private let model: Model?
    private let source: PolicySource
    // Whether it is a network that scores all servers at once; kept, since to ask its architecture allocates.
    private let scoresServersTogether: Bool
    // What the network was last fit to.
    private var servers = 0
    // The servers among which none was found that the network is not made for; nil once that was told.
    private var suitable: Int? = 0
    private var scratch: [Float] = []
    private var remaining: [Int32] = []
    private var ranking = Ranking()
    private var decisions = 0

    /// - Parameter name: what messages call the cluster.
    /// - Throws: `SPANE_SHAPE_MISMATCH`, `SPANE_INVALID_ARGUMENT` or `SPANE_OUT_OF_MEMORY`.
    init(_ source: PolicySource, on cluster: borrowing ClusterState, _ name: StaticString) throws {
        self.source = source
        switch source {
        case .heuristic(let heuristic):
            try Memory.check(bytes: 0, for: "a session")
            policy = heuristic.makePolicy()
            network = nil
            model = nil
            scoresServersTogether = false
        case .model(let model):
            try model.check(fits: cluster, name)
            self.model = model
            scoresServersTogether = !model.architecture.scoresServersApart
            servers = cluster.serverCount
            try Memory.check(
                bytes: model.architecture.sessionBytes(servers: servers, nodes: cluster.layout.nodes),
                for: "a session on \(servers) servers"
            )
            let network = try model.makeSession(on: cluster)
            policy = network
            self.network = network
        case .external(let policy): throw Failure(SPANE_UNSUPPORTED, policy.refusal)
        }
    }

    /// Forgets what was decided in another episode.
    func begin(start: Int, on cluster: borrowing ClusterState) { policy.begin(start: start, on: cluster) }

    /// The best placement, or `nil` where there is no room.
    @inline(__always)
    func choose(_ request: Request, on cluster: borrowing ClusterState) throws -> Placement? {
        guard cluster.serverCount > 0 else { return nil }
        decisions += 1
        try adapt(to: cluster)
        return policy.placement(for: request, on: cluster)
    }

    /// Whether it is a network, which scores placements.
    var scores: Bool { network != nil }

    /// The best placement on some servers, all of which come into question for a VM by its group and its preferences.
    ///
    /// - Parameter isFirst: whether this is the first look for this VM; others are no decision that a policy learns from.
    func choose(
        _ request: Request,
        on cluster: borrowing ClusterState,
        _ servers: ServerChoice,
        isFirst: Bool
    ) throws -> Placement? {
        if case .these(let places) = servers, scoresServersTogether || isFirst {
            return try choose(request, on: cluster, among: places)
        }
        if scoresServersTogether, case .breaking(let count, let verdict) = servers {
            return try choose(request, on: cluster, among: verdict.places(of: cluster, breaking: count))
        }
        guard cluster.serverCount > 0 else { return nil }
        if isFirst { decisions += 1 }
        try adapt(to: cluster)
        return policy.choose(servers, for: request, on: cluster, learning: isFirst)
    }

    /// The best placement on some servers.
    func choose(
        _ request: Request,
        on cluster: borrowing ClusterState,
        among candidates: [Int32]
    ) throws -> Placement? {
        guard !candidates.isEmpty else { return nil }
        // By its scores, ties to the candidate that stands first; a network that remembers scores knows many already.
        if scoresServersTogether {
            return try best(1, for: request, on: cluster, among: candidates).first?.placement
        }
        decisions += 1
        try adapt(to: cluster)
        return policy.placement(for: request, on: cluster, among: candidates.span)
    }

    /// The action that stands for the best placement.
    func action(for request: Request, on cluster: borrowing ClusterState) throws -> Action? {
        decisions += 1
        try adapt(to: cluster)
        return policy.action(for: request, on: cluster)
    }

    /// The `limit` best placements with room on all servers or on the candidates, best first.
    func best(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among candidates: [Int32]?
    ) throws -> [Ranking.Entry] {
        decisions += 1
        guard network != nil else { return try bestByTurns(limit, for: request, on: cluster, among: candidates) }
        return try withNetwork(on: cluster) { network, cluster in
            let count = (candidates?.count ?? cluster.serverCount) * cluster.layout.placementsPerServer
            let entries = min(limit, count)
            if scratch.count < count || entries > ranking.capacity {
                try Memory.check(
                    bytes: count * MemoryLayout<Float>.stride + entries * MemoryLayout<Ranking.Entry>.stride,
                    for: "the scores of \(count) placements"
                )
            }
            if scratch.count < count { scratch = Array(repeating: 0, count: count) }
            var span = scratch.mutableSpan
            network.writeAdvantages(for: request, on: cluster, servers: candidates?.span, into: &span)
            ranking.list(limit, on: cluster, among: candidates?.span, for: request, by: scratch)
            return ranking.entries
        }
    }

    /// The choice of a heuristic, then its choice among the other servers, and so on.
    private func bestByTurns(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among candidates: [Int32]?
    ) throws -> [Ranking.Entry] {
        let count = candidates?.count ?? cluster.serverCount
        if count > remaining.capacity { try Memory.check(bytes: 4 * count, for: "a list of \(count) servers") }
        remaining.removeAll(keepingCapacity: true)
        for index in 0..<count { remaining.append(candidates?[index] ?? Int32(truncatingIfNeeded: index)) }
        // A list is no decision that a policy remembers.
        var policy = policy
        ranking.start()
        while ranking.entries.count < limit, !remaining.isEmpty {
            guard let chosen = policy.placement(for: request, on: cluster, among: remaining.span) else { break }
            ranking.append(chosen)
            // What it would learn from its own turns would rank the last servers by another rule than the first.
            policy.stopLearning()
            remaining.removeAll { Int($0) == chosen.server }
        }
        return ranking.entries
    }

    /// The `limit` best placements and what makes them so; nothing is remembered of it.
    func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among candidates: [Int32]?
    ) throws -> [RankedPlacement] {
        let count = candidates?.count ?? cluster.serverCount
        guard limit > 0, count > 0 else { return [] }
        let most = min(limit, count * (network == nil ? 1 : cluster.layout.placementsPerServer))
        // A placement, its parts and what is written of them.
        try Memory.check(bytes: 4 * count + 1024 * most, for: "a list of \(most) placements")
        if network != nil {
            return try best(limit, for: request, on: cluster, among: candidates).map {
                RankedPlacement($0.placement, "score", Double($0.score))
            }
        }
        var policy = policy
        return policy.ranked(limit, for: request, on: cluster, among: candidates?.span)
    }

    /// Calls `body` with the network, fit to the servers, and the servers.
    func withNetwork<Result>(
        on cluster: borrowing ClusterState,
        _ body: (any ScoringPolicy, borrowing ClusterState) throws -> Result
    ) throws -> Result {
        guard let network else {
            throw Failure(
                SPANE_UNSUPPORTED,
                "the session has a heuristic, which does not score; use a network, or a function whose name ends in _top"
            )
        }
        try adapt(to: cluster)
        return try body(network, cluster)
    }

    /// Writes Q of every action, on all servers.
    func writeQValues(
        of request: Request,
        on cluster: borrowing ClusterState,
        to values: UnsafeMutablePointer<Float>,
        _ count: Int
    ) throws {
        try withNetwork(on: cluster) { network, cluster in
            try cluster.checkAllServers(count, times: cluster.layout.placementsPerServer)
            var output = unsafe MutableSpan(_unsafeStart: values, count: count)
            network.writeScores(for: request, on: cluster, into: &output)
        }
    }

    /// What C is told of it; its own bytes without what its handle keeps.
    func info(on cluster: borrowing ClusterState) -> spane_session_info {
        var info = spane_session_info()
        let lists = scratch.capacity * MemoryLayout<Float>.stride + remaining.capacity * MemoryLayout<Int32>.stride
        let entries = ranking.capacity * MemoryLayout<Ranking.Entry>.stride
        let session = source.policyBytes(
            servers: model == nil ? cluster.serverCount : servers,
            nodes: cluster.layout.nodes
        )
        info.bytes = Int64(lists + entries + session)
        info.decisions = Int64(decisions)
        guard let counters = network?.counters else { return info }
        info.shortlist_decisions = Int64(counters.byShortlist)
        info.tree_decisions = Int64(counters.byTree)
        info.cached_scores = Int64(counters.cachedScores)
        info.computed_scores = Int64(counters.computedScores)
        return info
    }

    /// Tells the host, once, that the network decides about servers that it was not made for.
    @inline(never)
    private func tellMismatch(of model: Model, with cluster: borrowing ClusterState) {
        let mismatch = model.mismatch(with: cluster)
        suitable = mismatch == nil ? cluster.serverCount : nil
        if let mismatch { Log.write(SPANE_LOG_INFO, "session: \(mismatch)") }
    }

    private func adapt(to cluster: borrowing ClusterState) throws {
        guard let network, let model else { return }
        let count = cluster.serverCount
        if count != servers {
            let bytes = model.architecture.sessionBytes(servers: count, nodes: cluster.layout.nodes)
            try Memory.check(bytes: bytes, for: "a session on \(count) servers")
            servers = count
        }
        if let suitable, suitable != count { tellMismatch(of: model, with: cluster) }
        try network.adapt(to: cluster)
    }
}

extension ClusterState {
    /// Why there is no placement: no server has room now, or none could hold the request even if it were empty. Asked only
    /// after nothing was found.
    @inline(never)
    func refusal(of request: Request) -> spane_status {
        // A cluster without servers says nothing of those that it will have.
        serverCount == 0 || canEverHold(request) ? SPANE_NO_ROOM : SPANE_NEVER_FITS
    }
}

extension Model {
    /// Refuses a cluster, which messages call `name`, with another number of servers or of their nodes than the network is
    /// made for.
    fileprivate func check(fits cluster: borrowing ClusterState, _ name: StaticString) throws(Failure) {
        if let servers = architecture.boundServers, servers != cluster.serverCount {
            throw Failure(
                SPANE_SHAPE_MISMATCH,
                "model is bound to \(servers) servers and \(name) has \(cluster.serverCount)"
            )
        }
        do {
            try check(serves: cluster)
        } catch {
            throw Failure(SPANE_SHAPE_MISMATCH, "\(name): \(error)")
        }
    }
}
