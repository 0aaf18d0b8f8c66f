internal import SpaneBuffers
internal import SpaneSystem

extension Cluster {
    /// Adds empty servers of equal NUMA nodes, as many as the layout allows, with these capacities of cores and memory.
    ///
    /// - Returns: the numbers of the new servers.
    /// - Throws: `invalidArgument` when a capacity is not above zero and at most ``Resources/largest``, or when there
    ///   would be more than ``Fleet/maximumServers``; nothing is added then.
    /// - Complexity: O(servers added), amortised.
    @discardableResult
    public mutating func addServers(_ nodes: [Resources]) throws(SchedulingError) -> [Int] {
        for (index, node) in nodes.enumerated() where !node.onGrid.isPositive {
            throw SchedulingError(
                .invalidArgument,
                "nodes[\(index)] has \(node.cpu) cores and \(node.mem) GB; \(node.rule)"
            )
        }
        var types: [ServerType] = []
        var kinds: [Resources: Int32] = [:]
        let typeOfServer = nodes.map { node in
            if let kind = kinds[node] { return kind }
            types.append(ServerType(equalNodes: state.layout.nodes, of: node))
            kinds[node] = Int32(truncatingIfNeeded: types.count - 1)
            return Int32(truncatingIfNeeded: types.count - 1)
        }
        return try addServers(typeOfServer, of: types)
    }

    /// Adds empty servers.
    ///
    /// - Parameters:
    ///   - typeOfServer: for each server an index into `types`.
    ///   - types: the kinds of servers.
    /// - Returns: the numbers of the new servers: the lowest that are free, be it that a server was removed or that there
    ///   never was one.
    /// - Throws: `invalidArgument` when a type does not fit the cluster's layout, or when there would be more than
    ///   ``Fleet/maximumServers``; nothing is added then.
    /// - Complexity: O(servers added), amortised.
    @discardableResult
    public mutating func addServers(
        _ typeOfServer: [Int32],
        of types: [ServerType]
    ) throws(SchedulingError) -> [Int] {
        try checkTrial(isOpen: false)
        guard typeOfServer.count <= Fleet.maximumServers - serverCount else {
            throw SchedulingError(
                .invalidArgument,
                "\(typeOfServer.count) servers added to \(serverCount) are more than the "
                    + "\(Fleet.maximumServers) that a cluster may have"
            )
        }
        for (index, type) in types.enumerated() {
            try type.check(state.layout, as: "server type \(index)")
        }
        for type in typeOfServer where !types.indices.contains(Int(type)) {
            throw SchedulingError(.invalidArgument, "a server is of type \(type); there are \(types.count) types")
        }
        // Growing copies what there is to storage for twice as many.
        try Memory.require(
            bytes: (typeOfServer.count + 2 * serverCount) * bytesPerServer,
            for: "\(typeOfServer.count) more servers"
        )
        state.append(typeOfServer, of: types)
        vms.reserve(servers: serverCount)
        domains.append(typeOfServer.count)
        if serverCount > vmCounts.count {
            let room = max(serverCount, 2 * vmCounts.count)
            used = used.copy(count: room * state.valuesPerServer, filling: 0)
            sharedUsed = sharedUsed.copy(count: room * state.layout.serverResources.count, filling: 0)
            vmCounts = vmCounts.copy(count: room, filling: 0)
        }
        let added = numbers.append(typeOfServer.count)
        tell(.addServers(typeOfServer, of: types))
        return added
    }

    /// The servers as they are while nothing runs on them, in the order of ``state``.
    ///
    /// - Throws: `invalidArgument` when there are none.
    /// - Complexity: O(servers).
    package func fleet() throws(SchedulingError) -> Fleet {
        try Memory.require(bytes: serverCount * 512, for: "a list of \(serverCount) servers")
        var types: [ServerType] = []
        var kinds: [ServerType: Int32] = [:]
        let typeOfServer = (0..<serverCount).map { place in
            let type = state.type(of: place)
            if let kind = kinds[type] { return kind }
            let kind = Int32(truncatingIfNeeded: types.count)
            kinds[type] = kind
            types.append(type)
            return kind
        }
        return try Fleet(
            layout: state.layout,
            types: types,
            typeOfServer: typeOfServer,
            spanRule: state.spanRule
        )
    }

    /// Whether some server could hold a VM if nothing else ran there.
    ///
    /// - Parameter left: the numbers of servers that are not looked at.
    /// - Complexity: O(servers).
    package func canEverHold(_ request: Request, without left: Set<Int>) -> Bool {
        guard !left.isEmpty else { return state.canEverHold(request) }
        return (0..<serverCount).contains { place in
            !left.contains(number(at: place)) && state.type(of: place).canHold(request, state.layout)
        }
    }

    /// Removes a server on which no VM runs; its number is free for one that is added.
    ///
    /// - Throws: `invalidArgument`, or `badState` when VMs run there.
    /// - Complexity: O(VMs on the last server).
    public mutating func removeServer(_ server: Int) throws(SchedulingError) {
        try checkTrial(isOpen: false)
        let place = try place(of: server)
        guard vmCounts[place] == 0 else {
            throw SchedulingError(
                .badState,
                "server \(server) has \(vmCounts[place]) VMs; it can be removed when none runs there"
            )
        }
        let last = serverCount - 1
        if place != last {
            move(valuesOf: last, to: place)
            vms.moveServer(last, to: place)
        }
        clear(last)
        state.removeServer(place)
        domains.remove(at: place)
        numbers.remove(at: place)
        tell(.removeServer(server))
    }

    /// Notes that a server has failed: what ran there is gone, and it is cordoned.
    ///
    /// - Returns: the ids of what ran there, ascending.
    /// - Complexity: O(VMs on it).
    public mutating func failServer(_ server: Int) throws(SchedulingError) -> [UInt64] {
        let lost = try vms(on: server)
        for id in lost { _ = letGo(id) }
        _ = closeOff(try place(of: server))
        tell(.failServer(server))
        return lost
    }

    /// Takes a server out of placement; its VMs stay.
    public mutating func cordon(_ server: Int) throws(SchedulingError) {
        if closeOff(try place(of: server)) { tell(.cordon(server)) }
    }

    /// Cordons the server in a place.
    ///
    /// - Returns: whether it was not.
    private mutating func closeOff(_ place: Int) -> Bool {
        guard !state.isCordoned(place) else { return false }
        state.cordon(place)
        trials.note(.uncordon(place))
        return true
    }

    /// Puts a server back into placement.
    public mutating func uncordon(_ server: Int) throws(SchedulingError) {
        let place = try place(of: server)
        guard state.isCordoned(place) else { return }
        state.uncordon(place)
        trials.note(.cordon(place))
        tell(.uncordon(server))
    }

    /// Gives a server other capacities. What runs there stays; where that is more than the server has now, it simply has no
    /// room.
    ///
    /// - Throws: `invalidArgument` when the type does not fit the layout, or when it lacks a node on which a VM runs.
    /// - Complexity: O(VMs on it + nodes * resources).
    public mutating func resizeServer(_ server: Int, to type: ServerType) throws(SchedulingError) {
        try checkTrial(isOpen: false)
        let place = try place(of: server)
        try type.check(state.layout, as: "server \(server)")
        var occupied = NodeSet.none
        vms.forEach(on: place) { occupied = NodeSet(rawValue: occupied.rawValue | $0.placement.nodes.rawValue) }
        guard NodeSet(first: type.nodes.count).isSuperset(of: occupied) else {
            throw SchedulingError(
                .invalidArgument,
                "server \(server) would have \(type.nodes.count) NUMA nodes, and VMs run on others"
            )
        }
        state.resize(place, to: type)
        tell(.resizeServer(server, type))
    }

    /// Sets what a NUMA node has left of cores and memory, for what the fleet cannot know of.
    ///
    /// - Throws: `invalidArgument` when there is no such node, or when `free` is negative or more than the capacity less
    ///   what the VMs placed there use.
    public mutating func setFree(_ free: Resources, server: Int, node: Int) throws(SchedulingError) {
        let place = try place(of: server)
        try state.check(node: node, of: place)
        let base = place * state.valuesPerServer + node * state.valuesPerNode
        let most = Resources(
            cpu: Grid.amount(state.capacity[base] - used[base]),
            mem: Grid.amount(state.capacity[base + 1] - used[base + 1])
        )
        let amount = free.onGrid
        guard free.cpu >= 0, free.mem >= 0, amount.cpu <= most.cpu, amount.mem <= most.mem else {
            throw SchedulingError(
                .invalidArgument,
                "free is \(free.cpu) cores and \(free.mem) GB on node \(node) of server \(server); it must be in "
                    + "0 ... \(most.cpu) cores and 0 ... \(most.mem) GB, the capacity less what placed VMs use"
            )
        }
        let before = state.free(server: place, node: node)
        state.setFree(amount, server: place, node: node)
        trials.note(.setFree(before, server: place, node: node))
        tell(.setFree(amount, server: server, node: node))
    }

    // MARK: Helpers

    /// What one server takes, and some for what passes through while it is added.
    private var bytesPerServer: Int {
        128 + 32 * (state.valuesPerServer + state.layout.serverResources.count)
            + levels.count * DomainTable.bytesPerServer
    }

    private mutating func move(valuesOf source: Int, to target: Int) {
        let (perServer, shared) = (state.valuesPerServer, state.layout.serverResources.count)
        for value in 0..<perServer { used[target * perServer + value] = used[source * perServer + value] }
        for value in 0..<shared { sharedUsed[target * shared + value] = sharedUsed[source * shared + value] }
        vmCounts[target] = vmCounts[source]
    }

    private mutating func clear(_ place: Int) {
        let (perServer, shared) = (state.valuesPerServer, state.layout.serverResources.count)
        for value in place * perServer..<(place + 1) * perServer { used[value] = 0 }
        for value in place * shared..<(place + 1) * shared { sharedUsed[value] = 0 }
        vmCounts[place] = 0
    }
}
