/// What may be moved where.
public struct MoveScope: Sendable {
    /// VMs that may not move.
    public var pinned: Set<UInt64> = []
    /// What a GB of a VM costs where it is not 1; at least 0.
    public var prices: [UInt64: Double] = [:]
    /// The numbers of servers that take no VM, as cordoned ones do not.
    public var closed: Set<Int> = []
    /// The numbers of servers that no VM leaves.
    public var fixed: Set<Int> = []
    /// The groups of the VMs that are let in, in their order; 0 for none, as for those that are missing.
    public var groups: [UInt64] = []

    /// Everything may be moved anywhere, but VMs of groups with hard rules, which stay on their servers, and reservations, of which
    /// others have been told where they are.
    public init() {}

    /// Refuses what does not exist.
    func check(_ cluster: borrowing Cluster) throws(SchedulingError) {
        for (vm, price) in prices where !(price >= 0 && price <= Resources.largest) {
            throw SchedulingError(
                .invalidArgument,
                "the price of VM \(vm) is \(price); it must be in 0 ... \(Resources.largest)"
            )
        }
        for vm in pinned.union(prices.keys).sorted() where cluster.find(vm) == nil {
            throw SchedulingError(.notFound, "id is \(vm), which is not placed")
        }
        for server in closed.union(fixed).sorted() { _ = try cluster.place(of: server) }
    }

    /// The same by places.
    ///
    /// - Parameter leavesServers: whether VMs may be moved to other servers, which those of groups with hard rules are not.
    func inside(
        _ cluster: borrowing Cluster,
        leavesServers: Bool = true
    ) throws(SchedulingError) -> RoomPlanner.Scope {
        try check(cluster)
        var scope = RoomPlanner.Scope()
        for server in closed.sorted() { scope.closed.append(try cluster.place(of: server)) }
        for server in fixed { scope.fixed.insert(try cluster.place(of: server)) }
        var pinned = leavesServers ? pinned.union(cluster.vmsWithHardRules) : pinned
        if cluster.reservationCount > 0 { pinned.formUnion(cluster.reservedVMs.lazy.map(\.id)) }
        if !pinned.isEmpty || !prices.isEmpty {
            let (pinned, prices) = (pinned, prices)
            scope.price = { pinned.contains($0) ? nil : prices[$0] ?? 1 }
        }
        return scope
    }
    /// The same by places, for the first of the VMs that are let in.
    func inside(
        _ cluster: borrowing Cluster,
        letting request: Request
    ) throws(SchedulingError) -> RoomPlanner.Scope {
        var scope = try inside(cluster)
        if let group = groups.first, group != 0 {
            scope.allowed = cluster.allowedPlaces(for: request, of: cluster.group(group))
        }
        return scope
    }
}
