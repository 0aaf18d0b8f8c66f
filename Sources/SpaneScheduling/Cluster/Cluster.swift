internal import SpaneBuffers

/// The servers of a live scheduler and the VMs on them, kept up to date by events instead of a trace.
///
/// A fleet is a ``ClusterState`` whose servers come and go, and that remembers by the caller's ids what runs where. Every change is
/// one call that happens wholly or, when it throws, not at all. Policies read ``state``, where servers stand in places
/// without gaps; everything else here takes the numbers that servers got when they were added, which never change.
public struct Cluster: ~Copyable, Sendable {
    /// What the servers have left.
    public internal(set) var state: ClusterState
    /// The name of each bit of ``ServerType/traits``, as far as bits have names.
    public private(set) var traits: [String] = []
    var numbers = ServerNumbers()
    var vms = VMTable()
    var trials = TrialLog()
    var domains = DomainTable()
    var groups = GroupTable()
    /// Who is told what happens; copies have none.
    package var observer: (any ClusterObserver)?
    var reservations = ReservationTable()
    // [place][node][resource] and [place][shared resource], in steps of the grid: what the VMs use.
    var used: FlatBuffer<Double>
    var sharedUsed: FlatBuffer<Double>
    // [place]
    var vmCounts: FlatBuffer<Int32>

    /// Creates a fleet without servers.
    ///
    /// - Parameter traits: the name of each bit of ``ServerType/traits``, at most 64.
    /// - Throws: `invalidArgument` when a name is empty or there twice, or when there are too many.
    public init(
        layout: Layout = .published,
        spanRule: SpanRule = .published,
        traits: [String]
    ) throws(SchedulingError) {
        self.init(layout: layout, spanRule: spanRule)
        try name(traits)
    }

    /// Creates a fleet without servers, whose traits have no names.
    public init(layout: Layout = .published, spanRule: SpanRule = .published) {
        state = ClusterState(layout: layout, spanRule: spanRule)
        used = FlatBuffer(repeating: 0, count: 0)
        sharedUsed = FlatBuffer(repeating: 0, count: 0)
        vmCounts = FlatBuffer(repeating: 0, count: 0)
    }

    /// Creates a fleet of these servers, numbered from 0, on which nothing runs.
    ///
    /// - Parameter traits: as in ``init(layout:spanRule:traits:)``.
    public init(_ fleet: Fleet, traits: [String] = []) throws(SchedulingError) {
        self.init(layout: fleet.layout, spanRule: fleet.spanRule)
        try name(traits)
        try addServers(fleet.typeOfServer, of: fleet.types)
    }

    private mutating func name(_ traits: [String]) throws(SchedulingError) {
        guard traits.count <= UInt64.bitWidth else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(traits.count) traits; at most \(UInt64.bitWidth) are allowed"
            )
        }
        try Names.check(traits, of: "trait")
        self.traits = traits
    }

    private init(copying other: borrowing Cluster) {
        traits = other.traits
        state = other.state.copy()
        numbers = other.numbers
        vms = other.vms.copy()
        trials = other.trials
        domains = other.domains
        groups = other.groups
        reservations = other.reservations
        used = other.used.copy()
        sharedUsed = other.sharedUsed.copy()
        vmCounts = other.vmCounts.copy()
    }

    /// An independent fleet in the same state.
    ///
    /// - Complexity: O(servers + VMs).
    public func copy() -> Cluster { Cluster(copying: self) }

    /// The number of servers.
    public var serverCount: Int { state.serverCount }

    /// The number of VMs that run.
    public var vmCount: Int { vms.count }

    /// The bytes that it occupies.
    package var bytes: Int {
        state.bytes + numbers.bytes + vms.bytes + used.bytes + sharedUsed.bytes + vmCounts.bytes + domains.bytes
            + groups.bytes + reservations.bytes
    }

    // MARK: Numbers and places

    /// Where a server stands in ``state``.
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

    /// Another number after each change of which servers there are, by which who keeps places sees whether they still hold.
    package var numberRevision: UInt64 { numbers.revision }

    /// The number of the server that stands in a place of ``state``, 0 ..< ``serverCount``.
    public func number(at place: Int) -> Int { numbers.number(at: place) }

    /// The placement in ``state`` for one by number.
    public func inside(_ placement: Placement) throws(SchedulingError) -> Placement {
        Placement(server: try place(of: placement.server), nodes: placement.nodes)
    }

    /// The placement by number for one in ``state``.
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
        try state.check(node: node, of: place)
        try state.check(resource: resource)
        return Grid.amount(used[place * state.valuesPerServer + node * state.valuesPerNode + resource])
    }

    /// Counts what a VM uses in or out.
    mutating func count(_ request: Request, at placement: Placement, sign: Double) {
        let perNode = state.valuesPerNode
        let extras = request.terms?.extras ?? []
        placement.nodes.forEach { node in
            let base = placement.server * state.valuesPerServer + node * perNode
            used[base] += sign * request.share.cpu
            used[base + 1] += sign * request.share.mem
            for extra in 0..<min(perNode - 2, extras.count) { used[base + 2 + extra] += sign * extras[extra] }
        }
        let shared = state.layout.serverResources.count
        for index in 0..<shared where perNode - 2 + index < extras.count {
            sharedUsed[placement.server * shared + index] += sign * extras[perNode - 2 + index]
        }
        vmCounts[placement.server] += sign > 0 ? 1 : -1
    }
}
