internal import CSpane
internal import SpaneNetworks
internal import SpaneScheduling

/// What a `spane_session` stands for: a policy bound to a cluster, which it keeps alive.
final class SessionHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4553_6573
    static var name: StaticString { "spane_session" }

    let gate = Gate("session")
    let cluster: ClusterHandle
    // Used inside the gate only.
    private var policy: any Policy
    private let network: (any ScoringPolicy)?
    private var scratch: [Float] = []
    private var ranking = Ranking()

    init(_ cluster: ClusterHandle, _ heuristic: Heuristic) {
        self.cluster = cluster
        policy = heuristic.makePolicy()
        network = nil
    }

    init(_ cluster: ClusterHandle, _ network: any ScoringPolicy) {
        self.cluster = cluster
        policy = network
        self.network = network
    }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> SessionHandle {
        try unsafe Handle.object(handle, SessionHandle.self, "session")
    }

    /// The best placement, or `nil` where there is no room; called with both gates entered.
    func choose(_ request: Request) throws -> Action? {
        guard cluster.fleet.serverCount > 0 else { return nil }
        try adapt()
        return policy.action(for: request, on: cluster.fleet.cluster)
    }

    /// The network, fit to the cluster.
    func scoring() throws -> any ScoringPolicy {
        guard let network else {
            throw Failure(SPANE_UNSUPPORTED, "the session has a heuristic, which does not score; use a network")
        }
        try adapt()
        return network
    }

    private func adapt() throws(Failure) {
        guard let network else { return }
        do {
            try network.adapt(to: cluster.fleet.cluster)
        } catch {
            throw Failure(SPANE_SHAPE_MISMATCH, error.description)
        }
    }

    /// The `limit` best placements with room, best first; called with both gates entered.
    func best(_ limit: Int, for request: Request) throws -> [Ranking.Entry] {
        let network = try scoring()
        let count = cluster.fleet.cluster.actionCount
        if scratch.count < count { scratch = Array(repeating: 0, count: count) }
        var span = scratch.mutableSpan
        network.writeAdvantages(for: request, on: cluster.fleet.cluster, servers: nil, into: &span)
        ranking.list(limit, on: cluster.fleet.cluster, for: request, by: scratch)
        return ranking.entries
    }
}
