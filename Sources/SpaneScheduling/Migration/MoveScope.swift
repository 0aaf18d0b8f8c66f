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

    /// Everything may be moved anywhere.
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
    func inside(_ cluster: borrowing Cluster) throws(SchedulingError) -> RoomPlanner.Scope {
        try check(cluster)
        var scope = RoomPlanner.Scope()
        for server in closed.sorted() { scope.closed.append(try cluster.place(of: server)) }
        for server in fixed { scope.fixed.insert(try cluster.place(of: server)) }
        if !pinned.isEmpty || !prices.isEmpty {
            let (pinned, prices) = (pinned, prices)
            scope.price = { pinned.contains($0) ? nil : prices[$0] ?? 1 }
        }
        return scope
    }
}
