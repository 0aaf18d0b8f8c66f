/// Why a request gets the place that it gets, or none.
public struct Decision: Equatable, Sendable {
    /// A server without room, and all that is short there.
    public struct Refusal: Equatable, Sendable {
        /// The number of the server.
        public let server: Int
        /// Why it cannot have the VM.
        public let reason: ServerReason
        /// What is short on the nodes of the reason, the nodes in order, then the server as a whole.
        public let shortages: [RoomReport.Shortage]
    }

    /// The request, as a person writes it.
    public let request: String
    /// The servers that were looked at.
    public let considered: Int
    /// How many of them have room.
    public let withRoom: Int
    /// How many have not, by the reason, in the order of the reasons.
    public let excluded: [(kind: ServerReason.Kind, count: Int)]
    /// Up to three servers of those that are short of something, those first that are least short: of what is in use, then of those
    /// that could not hold the VM if they were empty.
    public let nearest: [Refusal]
    /// The best placements by the policy, best first, on servers by number.
    public let best: [RankedPlacement]

    /// Compares all that is told.
    public static func == (left: Decision, right: Decision) -> Bool { left.json == right.json }
}

extension Cluster {
    /// Explains what a policy would decide now.
    ///
    /// - Parameters:
    ///   - policy: what decides; it is left as it is.
    ///   - servers: the candidates by their places in ``state``, each once; `nil` for all.
    ///   - best: how many of the best placements to list.
    /// - Complexity: O(servers * (nodes * resources + best)), and what the policy takes.
    public func explain(
        _ request: Request,
        by policy: some Policy,
        among servers: Span<Int32>? = nil,
        best: Int = 3
    ) -> Decision {
        var policy = policy
        return explain(request, among: servers, policy.ranked(best, for: request, on: state, among: servers))
    }

    /// Why a VM does not go to a server now, by what the server has left and by the rules of the VM's group.
    package func reason(on place: Int, for request: Request, _ verdict: GroupVerdict?) -> ServerReason {
        let reason = state.reason(on: place, for: request)
        guard reason.kind == .fits || reason.kind == .noRoom else { return reason }
        let isAllowed = verdict.map { $0.violations(at: place) != nil } ?? true
        if reason.kind == .fits { return isAllowed ? reason : ServerReason(.group, on: reason.nodes) }
        return isAllowed && hasRoomWithoutReservations(place, for: request) ? reason.asReserved : reason
    }

    /// As ``explain(_:by:among:best:)``, with a ranking that is known.
    package func explain(
        _ request: Request,
        among servers: Span<Int32>?,
        _ ranked: [RankedPlacement],
        _ verdict: GroupVerdict? = nil
    ) -> Decision {
        let count = servers?.count ?? serverCount
        var counts: [ServerReason.Kind: Int] = [:]
        var nearest: [(place: Int, reason: ServerReason, shortage: Double)] = []
        for index in 0..<count {
            let place = selectedServer(index, of: servers)
            let reason = reason(on: place, for: request, verdict)
            counts[reason.kind, default: 0] += 1
            guard reason.resource != nil else { continue }
            let shortage = state.lacks(of: request, on: place).all.reduce(0) { $0 + $1.share }
            func isWorse(_ other: (place: Int, reason: ServerReason, shortage: Double)) -> Bool {
                let (first, second) = (other.reason.kind == .tooSmall, reason.kind == .tooSmall)
                return first == second ? other.shortage > shortage : first
            }
            let at = nearest.firstIndex(where: isWorse) ?? nearest.count
            guard at < 3 else { continue }
            nearest.insert((place, reason, shortage), at: at)
            if nearest.count > 3 { nearest.removeLast() }
        }
        var refusals: [Decision.Refusal] = []
        for (place, reason, _) in nearest {
            let shortages = state.lacks(of: request, on: place).all.map { RoomReport.Shortage($0, of: state.layout) }
            refusals.append(Decision.Refusal(server: number(at: place), reason: reason, shortages: shortages))
        }
        var best: [RankedPlacement] = []
        for one in ranked {
            best.append(RankedPlacement(outside(one.placement), score: one.score, parts: one.parts))
        }
        return Decision(
            request: RoomReport.text(of: request, state.layout),
            considered: count,
            withRoom: counts[.fits] ?? 0,
            excluded: ServerReason.Kind.allCases.compactMap { kind in
                kind == .fits ? nil : counts[kind].map { (kind, $0) }
            },
            nearest: refusals,
            best: best
        )
    }
}
