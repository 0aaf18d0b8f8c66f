internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneScheduling

/// What a `spane_session` stands for: a policy bound to a cluster, which it keeps alive.
final class SessionHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4553_6573
    static var name: StaticString { "spane_session" }

    let gate = Gate("session")
    let cluster: ClusterHandle
    // Used inside the gate only.
    let policy: BoundPolicy
    private var candidates = Candidates()

    init(_ cluster: ClusterHandle, _ policy: BoundPolicy) { (self.cluster, self.policy) = (cluster, policy) }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> SessionHandle {
        try unsafe Handle.object(handle, SessionHandle.self, "session")
    }

    /// Runs a decision that leaves the cluster as it is.
    @inline(__always)
    func reading(_ body: () throws -> spane_status) throws -> spane_status {
        try gate.exclusive { try cluster.gate.shared(body) }
    }

    /// Chooses for a VM and places it.
    ///
    /// - Parameter end: when its place ends that is reserved; `nil` for a VM that stays.
    @inline(__always)
    func place(
        _ id: UInt64,
        _ request: UnsafePointer<spane_request>?,
        until end: Double?,
        _ placement: UnsafeMutablePointer<spane_placement>?
    ) throws -> spane_status {
        try gate.exclusive {
            let (placed, status) =
                try cluster.gate.isShared
                ? unsafe placeBesideOthers(id, request, until: end)
                : cluster.gate.exclusive { try unsafe placeAlone(id, request, until: end) }
            if let placed, let placement = unsafe placement { unsafe placement.pointee = spane_placement(placed) }
            return status
        }
    }

    // MARK: With both gates entered

    @inline(__always)
    func request(_ request: UnsafePointer<spane_request>?) throws -> (Request, group: UInt64) {
        try unsafe cluster.cluster.state.groupedRequest(request)
    }

    /// What C is told of a placement in the cluster.
    @inline(__always)
    func outside(_ placement: Placement) -> spane_placement { spane_placement(cluster.cluster.outside(placement)) }

    /// The best placement that the rules of a group allow, or `nil` where there is none.
    @inline(__always)
    func choose(_ request: Request, in group: UInt64) throws -> Placement? {
        if group != 0 || request.terms != nil && request.prefer != 0 {
            return try choose(request, in: group, among: nil)
        }
        return try policy.choose(request, on: cluster.cluster.state)
    }

    /// The same among the places of candidates; `nil` for all servers.
    @inline(never)
    func choose(_ request: Request, in group: UInt64, among candidates: [Int32]?) throws -> Placement? {
        try cluster.cluster.choose(in: group, for: request, among: candidates) { request, servers, isFirst in
            try policy.choose(request, on: cluster.cluster.state, servers, isFirst: isFirst)
        }
    }

    /// Chooses for a VM and places it; `nil` where there is no room that the rules of its group allow.
    func place(_ id: UInt64, _ request: Request, in group: UInt64, until end: Double? = nil) throws -> Placement? {
        try cluster.cluster.checkIsNew(id)
        guard let chosen = try choose(request, in: group) else {
            cluster.cluster.tell(.refuse(id, request, group: group))
            return nil
        }
        let outside = cluster.cluster.outside(chosen)
        try cluster.cluster.place(id, request, in: group, at: outside, until: end)
        return outside
    }

    /// The same for a request of the caller.
    ///
    /// - Returns: `nil` with the status that says why there is no placement.
    @inline(__always)
    func placeAlone(
        _ id: UInt64,
        _ request: UnsafePointer<spane_request>?,
        until end: Double?
    ) throws -> (Placement?, spane_status) {
        let (request, group) = try unsafe self.request(request)
        guard let placed = try place(id, request, in: group, until: end) else { return (nil, refusal(of: request)) }
        return (placed, SPANE_OK)
    }

    /// The best placements that the rules of a group allow, those first that break soft rules by fewest VMs.
    ///
    /// - Parameter find: the best so many among some servers.
    func best<Entry>(
        _ limit: Int,
        for request: Request,
        in group: UInt64,
        among candidates: [Int32]?,
        _ find: (_ limit: Int, _ servers: [Int32]?) throws -> [Entry]
    ) throws -> [Entry] {
        guard let steps = cluster.cluster.allowed(in: group, for: request, among: candidates) else {
            return try find(limit, candidates)
        }
        var found: [Entry] = []
        for servers in steps where found.count < limit { found += try find(limit - found.count, servers) }
        return found
    }

    /// Tells the log of the cluster what was answered.
    @inline(__always)
    func tell(_ request: Request, _ group: UInt64, _ chosen: Placement?) {
        cluster.cluster.tell(.choose(request, group: group, chosen.map { cluster.cluster.outside($0) }))
    }

    /// Why there is no placement.
    func refusal(of request: Request) -> spane_status { cluster.cluster.state.refusal(of: request) }

    /// Calls `body` with the places of the candidates of a call, or with `nil` for all servers.
    func withCandidates<Result>(
        _ servers: UnsafePointer<Int32>?,
        _ count: Int,
        isEachOnce: Bool = true,
        _ body: ([Int32]?) throws -> Result
    ) throws -> Result {
        let isLimited = try unsafe candidates.read(servers, count, of: cluster.cluster, isEachOnce: isEachOnce)
        return try body(isLimited ? candidates.places : nil)
    }

    /// What C is told of it.
    var info: spane_session_info {
        var info = policy.info(on: cluster.cluster.state)
        info.bytes += Int64(candidates.bytes)
        return info
    }
}
