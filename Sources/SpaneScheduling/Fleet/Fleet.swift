internal import SpaneBuffers

/// The servers of a live scheduler and the VMs on them, kept up to date by events instead of a trace.
///
/// A fleet is a ``Cluster`` whose servers come and go, and that remembers by the caller's ids what runs where. Every change is
/// one call that happens wholly or, when it throws, not at all. Policies read ``cluster``, where servers stand in places
/// without gaps; everything else here takes the numbers that servers got when they were added, which never change.
public struct Fleet: ~Copyable, Sendable {
    /// What the servers have left.
    public internal(set) var cluster: Cluster
    var numbers = ServerNumbers()
    var vms = VMTable()
    // [place][node][resource] and [place][shared resource], in steps of the grid: what the VMs use.
    var used: FlatBuffer<Double>
    var sharedUsed: FlatBuffer<Double>
    // [place]
    var vmCounts: FlatBuffer<Int32>

    /// Creates a fleet without servers.
    public init(layout: Layout = .published, spanRule: SpanRule = .published) {
        cluster = Cluster(layout: layout, spanRule: spanRule)
        used = FlatBuffer(repeating: 0, count: 0)
        sharedUsed = FlatBuffer(repeating: 0, count: 0)
        vmCounts = FlatBuffer(repeating: 0, count: 0)
    }

    /// Creates a fleet of these servers, numbered from 0, on which nothing runs.
    public init(_ configuration: ClusterConfiguration) throws(SchedulingError) {
        self.init(layout: configuration.layout, spanRule: configuration.spanRule)
        try addServers(configuration.typeOfServer, of: configuration.types)
    }

    private init(copying other: borrowing Fleet) {
        cluster = other.cluster.copy()
        numbers = other.numbers
        vms = other.vms.copy()
        used = other.used.copy()
        sharedUsed = other.sharedUsed.copy()
        vmCounts = other.vmCounts.copy()
    }

    /// An independent fleet in the same state.
    ///
    /// - Complexity: O(servers + VMs).
    public func copy() -> Fleet { Fleet(copying: self) }

    /// The number of servers.
    public var serverCount: Int { cluster.serverCount }

    /// The number of VMs that run.
    public var vmCount: Int { vms.count }

    // MARK: Numbers and places

    /// Where a server stands in ``cluster``.
    ///
    /// - Throws: `invalidArgument` when there is no server with this number.
    public func place(of server: Int) throws(SchedulingError) -> Int {
        if let place = numbers.place(of: server) { return place }
        guard serverCount > 0 else {
            throw SchedulingError(.invalidArgument, "server is \(server); the cluster has no servers")
        }
        throw SchedulingError(
            .invalidArgument,
            server >= 0 && server < numbers.limit
                ? "server is \(server), which was removed"
                : "server is \(server); it must be in 0 ... \(numbers.limit - 1)"
        )
    }

    /// The number of the server that stands in a place of ``cluster``, 0 ..< ``serverCount``.
    public func number(at place: Int) -> Int { numbers.number(at: place) }

    /// The placement in ``cluster`` for one by number.
    public func inside(_ placement: Placement) throws(SchedulingError) -> Placement {
        Placement(server: try place(of: placement.server), nodes: placement.nodes)
    }

    /// The placement by number for one in ``cluster``.
    public func outside(_ placement: Placement) -> Placement {
        Placement(server: number(at: placement.server), nodes: placement.nodes)
    }

    // MARK: Counting

    /// The number of VMs on a server.
    public func vmCount(on server: Int) throws(SchedulingError) -> Int { Int(vmCounts[try place(of: server)]) }

    /// What the VMs on a node use of a resource of nodes.
    ///
    /// - Throws: `invalidArgument` when there is no such server, node or resource.
    public func used(server: Int, node: Int, resource: Int) throws(SchedulingError) -> Double {
        let place = try place(of: server)
        try cluster.check(node: node, of: place)
        try cluster.check(resource: resource)
        return Grid.amount(used[place * cluster.valuesPerServer + node * cluster.valuesPerNode + resource])
    }

    /// Counts what a VM uses in or out.
    mutating func count(_ request: Request, at placement: Placement, sign: Double) {
        let perNode = cluster.valuesPerNode
        let extras = request.terms?.extras ?? []
        placement.nodes.forEach { node in
            let base = placement.server * cluster.valuesPerServer + node * perNode
            used[base] += sign * request.share.cpu
            used[base + 1] += sign * request.share.mem
            for extra in 0..<min(perNode - 2, extras.count) { used[base + 2 + extra] += sign * extras[extra] }
        }
        let shared = cluster.layout.serverResources.count
        for index in 0..<shared where perNode - 2 + index < extras.count {
            sharedUsed[placement.server * shared + index] += sign * extras[perNode - 2 + index]
        }
        vmCounts[placement.server] += sign > 0 ? 1 : -1
    }
}
