internal import SpaneBuffers
internal import SpaneHost

/// The servers of a live scheduler and the VMs on them, kept up to date by events instead of a trace.
///
/// A fleet is a ``Cluster`` that grows, whose servers can be cordoned, and that remembers by the caller's ids what runs
/// where. Policies read ``cluster``.
public struct Fleet: ~Copyable, Sendable {
    /// What the servers have left.
    public private(set) var cluster: Cluster
    var ledger = Ledger()
    // [server][node][cpu, mem]: what the VMs in the ledger use.
    private var used: FlatBuffer<Double>
    // [server]
    private var vmCounts: FlatBuffer<Int32>

    /// Creates a fleet without servers.
    ///
    /// - Parameter splitAbove: a VM with more memory than this, in GB, is split over the NUMA nodes of its server.
    /// - Throws: `invalidArgument` when `splitAbove` is negative or not a number.
    public init(splitAbove: Double = ClusterConfiguration.publishedSplitAbove) throws(SchedulingError) {
        guard splitAbove >= 0 else {
            throw SchedulingError(.invalidArgument, "split_above is \(splitAbove) GB; it must not be negative")
        }
        cluster = Cluster(splitAbove: splitAbove)
        used = FlatBuffer(repeating: 0, count: 0)
        vmCounts = FlatBuffer(repeating: 0, count: 0)
    }

    /// The number of servers.
    public var serverCount: Int { cluster.serverCount }

    /// The number of VMs that run.
    public var vmCount: Int { ledger.count }

    // MARK: Servers

    /// What one server takes, and as much again for what passes through while it is added.
    private static let bytesPerServer = 256

    /// Adds empty servers whose NUMA nodes have these capacities.
    ///
    /// - Throws: `invalidArgument` when a capacity is not above zero and at most ``Resources/largest``, or when there
    ///   would be more than ``ClusterConfiguration/maximumServers``; nothing is added then.
    /// - Complexity: O(servers added), amortised.
    public mutating func addServers(_ nodes: [Resources]) throws(SchedulingError) {
        guard nodes.count <= ClusterConfiguration.maximumServers - serverCount else {
            throw SchedulingError(
                .invalidArgument,
                "\(nodes.count) servers added to \(serverCount) are more than the "
                    + "\(ClusterConfiguration.maximumServers) that a cluster may have"
            )
        }
        for (index, node) in nodes.enumerated() where !node.onGrid.isPositive {
            throw SchedulingError(
                .invalidArgument,
                "nodes[\(index)] has \(node.cpu) cores and \(node.mem) GB; \(node.rule)"
            )
        }
        // Growing copies what there is to storage for twice as many; a server takes some 130 bytes.
        try Memory.require(
            bytes: (nodes.count + 2 * serverCount) * Self.bytesPerServer,
            for: "\(nodes.count) more servers"
        )
        cluster.append(nodes.map(\.onGrid))
        guard serverCount > vmCounts.count else { return }
        let room = max(serverCount, 2 * vmCounts.count)
        used = used.copy(count: room * Cluster.valuesPerServer, filling: 0)
        vmCounts = vmCounts.copy(count: room, filling: 0)
    }

    /// Takes a server out of placement; its VMs stay.
    public mutating func cordon(_ server: Int) throws(SchedulingError) {
        try check(server)
        cluster.cordon(server)
    }

    /// Puts a server back into placement.
    public mutating func uncordon(_ server: Int) throws(SchedulingError) {
        try check(server)
        cluster.uncordon(server)
    }

    /// The number of VMs on a server.
    public func vmCount(on server: Int) throws(SchedulingError) -> Int {
        try check(server)
        return Int(vmCounts[server])
    }

    /// Sets what a NUMA node has left, for what the fleet cannot know of.
    ///
    /// - Throws: `invalidArgument` when there is no such node, or when `free` is negative or more than the capacity less
    ///   what the VMs placed there use.
    public mutating func setFree(_ free: Resources, server: Int, node: Int) throws(SchedulingError) {
        try check(server)
        guard node >= 0, node < NUMATopology.nodesPerServer else {
            throw SchedulingError(
                .invalidArgument,
                "node is \(node); it must be in 0 ... \(NUMATopology.nodesPerServer - 1)"
            )
        }
        let base = server * Cluster.valuesPerServer + node * Cluster.valuesPerNode
        let capacity = cluster.capacity(server: server)
        let most = Resources(cpu: capacity.cpu - used[base], mem: capacity.mem - used[base + 1])
        let amount = free.onGrid
        guard amount.cpu >= 0, amount.mem >= 0, amount.cpu <= most.cpu, amount.mem <= most.mem else {
            throw SchedulingError(
                .invalidArgument,
                "free is \(free.cpu) cores and \(free.mem) GB on node \(node) of server \(server); it must be in "
                    + "0 ... \(most.cpu) cores and 0 ... \(most.mem) GB, the capacity less what placed VMs use"
            )
        }
        cluster.setFree(amount, server: server, node: node)
    }

    // MARK: VMs

    /// The most VMs that ``reserve(_:)`` makes room for.
    public static var largestVMCount: Int { Ledger.largestCapacity }

    /// Refuses to let the table of VMs grow where memory for it cannot be had.
    package func checkGrowth(toHold vms: Int) throws(SchedulingError) {
        guard let bytes = ledger.bytesToGrow(toHold: vms) else { return }
        try Memory.require(bytes: bytes, for: "a table of \(vms) VMs")
    }

    /// Makes room for `vms` VMs in all, so that placing up to that many does not allocate.
    public mutating func reserve(_ vms: Int) throws(SchedulingError) {
        guard vms >= 0, vms <= Ledger.largestCapacity else {
            throw SchedulingError(.invalidArgument, "vms is \(vms); it must be in 0 ... \(Ledger.largestCapacity)")
        }
        try checkGrowth(toHold: vms)
        ledger.reserve(vms)
    }

    /// What a VM of this size asks for.
    ///
    /// - Throws: `invalidArgument` when a size is not above zero and at most ``Resources/largest``.
    public func request(cpu: Double, mem: Double) throws(SchedulingError) -> Request {
        try cluster.checkedRequest(cpu: cpu, mem: mem)
    }

    /// Where a VM runs and what it asked for, or `nil` when it does not run here.
    public func find(_ id: UInt64) -> (action: Action, request: Request)? {
        guard let entry = ledger.find(id) else { return nil }
        return (Action(rawValue: entry.action), cluster.request(cpu: entry.cpu, mem: entry.mem))
    }

    /// Refuses an id that runs already.
    public func checkIsNew(_ id: UInt64) throws(SchedulingError) {
        guard let entry = ledger.find(id) else { return }
        throw SchedulingError(
            .duplicateVM,
            "id is \(id), which runs on server \(Action(rawValue: entry.action).server) already"
        )
    }

    /// Records that a VM runs at `action`.
    ///
    /// - Throws: `invalidArgument` when there is no such action, `duplicateVM`, or `unavailableAction` when there is no
    ///   room or the server is cordoned; nothing changes then.
    /// - Complexity: O(1), amortised.
    public mutating func place(_ id: UInt64, _ request: Request, at action: Action) throws(SchedulingError) {
        try check(action.server)
        try checkIsNew(id)
        guard cluster.isAvailable(action, for: request) else {
            throw SchedulingError(
                .unavailableAction,
                "placement is node \(action.node) of server \(action.server), which "
                    + (cluster.isCordoned(action.server)
                        ? "is cordoned" : "has no room for \(request.cpu) cores and \(request.mem) GB")
            )
        }
        try checkGrowth(toHold: vmCount + 1)
        ledger.insert(.init(id: id, cpu: request.cpu, mem: request.mem, action: action.rawValue))
        cluster.place(request, at: action)
        count(request, at: action, sign: 1)
    }

    /// Removes a VM and gives back what it used; `nil` when it does not run here.
    ///
    /// - Complexity: O(1).
    public mutating func release(_ id: UInt64) -> (action: Action, request: Request)? {
        guard let entry = ledger.remove(id) else { return nil }
        let action = Action(rawValue: entry.action)
        let request = cluster.request(cpu: entry.cpu, mem: entry.mem)
        cluster.release(request, at: action)
        count(request, at: action, sign: -1)
        return (action, request)
    }

    // MARK: Helpers

    /// Refuses a server that is not there.
    public func check(_ server: Int) throws(SchedulingError) {
        try cluster.check(server)
    }

    private func count(_ request: Request, at action: Action, sign: Int32) {
        let demand = request.demandPerNode
        let first = request.isSplit ? action.server * NUMATopology.nodesPerServer : action.index
        for index in first..<first + (request.isSplit ? NUMATopology.nodesPerServer : 1) {
            used[index * Cluster.valuesPerNode] += Double(sign) * demand.cpu
            used[index * Cluster.valuesPerNode + 1] += Double(sign) * demand.mem
        }
        vmCounts[action.server] += sign
    }
}
