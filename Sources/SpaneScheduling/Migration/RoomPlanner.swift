internal import SpaneBuffers

/// Plans the moves that let a VM in where it fits nowhere: those that cost least of what it can find, in an order in which every
/// move has room while its source still holds the VM.
///
/// It follows one cluster, of which it keeps a copy. A plan changes nothing. The same cluster gives the same plan, whatever was
/// planned before.
package final class RoomPlanner: @unchecked Sendable {
    /// What may be moved where.
    package struct Scope {
        /// What a GB of a VM costs, `nil` where the VM may not move.
        package var price: ((_ vm: UInt64) -> Double?)?
        /// The places of servers that take no VM, beside those that are cordoned.
        package var closed: [Int] = []
        /// The places of servers that no VM leaves.
        package var fixed: Set<Int> = []
        /// The places, ascending, to which the VM that is let in may go; `nil` for all.
        var allowed: [Int32]?

        package init() {}
    }

    /// Adds what runs on some servers.
    package typealias Listing = (_ servers: [Int], _ roster: inout Roster) -> Void

    var search: RoomSearch
    private var seen: UInt64
    private var journal: UInt64

    // The places that are looked at, those where least is short; fewer where the plan is wanted at once.
    private static let fewPlaces = (searching: 64, greedy: 16)

    /// Creates a planner for a cluster.
    ///
    /// - Complexity: O(servers).
    package init(for cluster: borrowing ClusterState, _ limits: MoveLimits) {
        search = RoomSearch(cluster.copy(), limits)
        (seen, journal) = (cluster.revision, cluster.journalIdentity)
    }

    /// The limits of its plans.
    package var limits: MoveLimits { search.limits }

    /// The bytes that a planner for so many servers takes.
    package static func bytes(servers: Int, layout: Layout) -> Int {
        ClusterState.bytes(servers: servers, layout: layout) + servers * MemoryLayout<Int32>.stride
    }

    func follow(_ cluster: borrowing ClusterState) {
        if journal != cluster.journalIdentity || !search.state.follow(cluster, since: seen) {
            search.follow(cluster.copy())
        }
        (seen, journal) = (cluster.revision, cluster.journalIdentity)
    }

    /// Looks for a plan.
    ///
    /// - Complexity: O(servers + servers looked at * VMs on them), and the budget.
    package func plan(
        _ request: Request,
        on cluster: borrowing ClusterState,
        _ scope: Scope = Scope(),
        listing: Listing
    ) -> RoomResult {
        follow(cluster)
        return plan(request, scope, most: limits.moves, listing: listing)
    }

    /// Looks for a plan on the copy as it is.
    ///
    /// - Parameter most: moves; at most those of the limits.
    func plan(_ request: Request, _ scope: Scope, most: Int, listing: Listing) -> RoomResult {
        look(request, scope, most: most, listing: listing).result
    }

    /// As ``plan(_:_:most:listing:)``, with the places that were looked at; none where the request fits already.
    func look(
        _ request: Request,
        _ scope: Scope,
        most: Int,
        listing: Listing
    ) -> (result: RoomResult, places: [ShortPlace]) {
        let closed = search.close(scope.closed)
        defer { search.reopen(closed) }
        if let placement = search.state.firstAvailable(for: request, in: scope.allowed) {
            return (.plan(MovePlan(placement: placement), isCheapest: true), [])
        }
        let count = search.state.serverCount
        let limit = mostPlaces(of: count)
        let places =
            scope.allowed.map { search.state.shortPlaces(for: request, on: $0.lazy.map { Int($0) }, most: limit) }
            ?? search.state.shortPlaces(for: request, on: 0..<count, most: limit)
        guard !places.isEmpty else {
            // Of servers that rules forbid nothing is said.
            guard scope.allowed == nil else { return (.notFound, places) }
            return (.impossible(search.state.isAnyInPlacement ? .tooLarge : .noServers), places)
        }
        guard search.state.hasPooledRoom(for: request) else { return (.impossible(.fleetIsFull), places) }
        let isWhole = count <= RoomSearch.fewServers
        search.begin(isWhole ? Array(0..<count) : Self.servers(of: places), most: most)
        search.list(listing, scope)
        return (search.find(request, places, isWhole && scope.allowed == nil), places)
    }

    private func mostPlaces(of servers: Int) -> Int {
        if servers <= RoomSearch.fewServers { return servers * search.state.layout.nodes }
        return limits.budget > 0 ? Self.fewPlaces.searching : Self.fewPlaces.greedy
    }

    private static func servers(of places: [ShortPlace]) -> [Int] {
        var seen: Set<Int> = []
        return places.map(\.placement.server).filter { seen.insert($0).inserted }
    }

    /// Begins a search among the VMs on these servers.
    func list(_ servers: [Int], _ scope: Scope, listing: Listing) {
        search.begin(Array(Set(servers)).sorted(), most: limits.moves)
        search.list(listing, scope)
    }
}

extension ClusterState {
    /// The first placement with room in some places; `nil` for all.
    fileprivate func firstAvailable(for request: Request, in places: [Int32]?) -> Placement? {
        guard let places else { return firstAvailable(for: request) }
        return firstAvailable(for: request, among: places.span)
    }

    fileprivate var isAnyInPlacement: Bool { (0..<serverCount).contains { !isCordoned($0) } }

    /// Whether all servers in placement have enough left in sum, which moves between them do not change.
    ///
    /// - Complexity: O(servers * nodes * resources), a few servers where they have.
    fileprivate func hasPooledRoom(for request: Request) -> Bool {
        var left = (0..<valuesPerNode).map { Double(request.span) * request.share(of: $0) }
        var missing = left.count { $0 > 0 }
        var server = 0
        while server < serverCount, missing > 0 {
            var index = server &* valuesPerServer
            for _ in 0..<nodeCount(of: server) {
                for resource in left.indices {
                    if left[resource] > 0 {
                        left[resource] -= max(0, free[index])
                        if left[resource] <= 0 { missing -= 1 }
                    }
                    index &+= 1
                }
            }
            server += 1
        }
        return missing == 0
    }
}
