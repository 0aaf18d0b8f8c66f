internal import SpaneBuffers

// Which servers and nodes have room for a request.

extension Cluster {
    /// The nodes of a server that have room for one node's share of the request, if the server as a whole has room for the rest
    /// and the traits that are asked for.
    ///
    /// - Complexity: O(nodes * resources).
    @inline(__always)
    public func nodesWithRoom(on server: Int, for request: Request) -> NodeSet {
        if isPair, request.terms == nil {
            let base = server &* 4
            let first = free[base] >= request.share.cpu && free[base &+ 1] >= request.share.mem
            let second = free[base &+ 2] >= request.share.cpu && free[base &+ 3] >= request.share.mem
            return NodeSet(rawValue: (first ? 1 : 0) | (second ? 2 : 0))
        }
        return nodes(of: server, thatHold: request, free, sharedFree)
    }

    /// The nodes of a server that could hold one node's share while nothing runs there.
    func nodesLargeEnough(on server: Int, for request: Request) -> NodeSet {
        nodes(of: server, thatHold: request, capacity, sharedCapacity)
    }

    @inline(never)
    private func nodes(
        of server: Int,
        thatHold request: Request,
        _ amounts: borrowing FlatBuffer<Double>,
        _ sharedAmounts: borrowing FlatBuffer<Double>
    ) -> NodeSet {
        guard let terms = request.terms else {
            return nodes(of: server) { base in
                amounts[base] >= request.share.cpu && amounts[base &+ 1] >= request.share.mem
            }
        }
        let traits = details[server].traits
        guard traits & terms.require == terms.require, traits & terms.forbid == 0 else { return .none }
        let perNode = valuesPerNode - 2
        let shared = layout.serverResources.count
        for index in 0..<shared where perNode + index < terms.extras.count {
            // What is not asked for may be overcommitted.
            let demand = terms.extras[perNode + index]
            if demand > 0, sharedAmounts[server * shared + index] < demand { return .none }
        }
        return nodes(of: server) { base in
            var fits = amounts[base] >= request.share.cpu && amounts[base &+ 1] >= request.share.mem
            for extra in 0..<min(perNode, terms.extras.count) where terms.extras[extra] > 0 {
                fits = fits && amounts[base + 2 + extra] >= terms.extras[extra]
            }
            return fits
        }
    }

    @inline(__always)
    private func nodes(of server: Int, where hasRoom: (Int) -> Bool) -> NodeSet {
        var bits: UInt8 = 0
        var base = server &* valuesPerServer
        for node in 0..<layout.nodes {
            if hasRoom(base) { bits |= 1 << UInt8(truncatingIfNeeded: node) }
            base &+= valuesPerNode
        }
        return NodeSet(rawValue: bits)
    }

    /// Whether a server has room for the request on some set of its nodes.
    @inline(__always)
    public func hasRoom(on server: Int, for request: Request) -> Bool {
        hasSet(of: nodesWithRoom(on: server, for: request), on: server, for: request)
    }

    /// Whether some of these nodes are as many as the request spans, and as near to each other as it wants.
    @inline(__always)
    func hasSet(of nodes: NodeSet, on server: Int, for request: Request) -> Bool {
        guard nodes.count >= request.span else { return false }
        guard let terms = request.terms, terms.farthest < .max else { return true }
        return firstSet(of: nodes, on: server, for: request) != nil
    }

    /// Whether the server and the nodes of a placement have room for the request, and are as many as it spans.
    ///
    /// - Complexity: O(nodes * resources).
    @inline(__always)
    public func isAvailable(_ placement: Placement, for request: Request) -> Bool {
        let nodes = placement.nodes
        guard nodes.count == request.span,
            nodesWithRoom(on: placement.server, for: request).isSuperset(of: nodes)
        else { return false }
        guard let terms = request.terms, terms.farthest < .max else { return true }
        return farthest(within: nodes, on: placement.server) <= terms.farthest
    }

    /// The first placement with room: on the lowest server, on the set of nodes that are nearest to each other, of those the
    /// lowest. `nil` when the request fits nowhere.
    ///
    /// - Complexity: O(servers).
    @inline(__always)
    public func firstAvailable(for request: Request) -> Placement? {
        if isPair, request.terms == nil { return firstAvailableOfPairs(request) }
        for server in 0..<serverCount {
            if let placement = firstPlacement(on: server, for: request) { return placement }
        }
        return nil
    }

    /// As ``firstAvailable(for:)``, among some servers in the order in which they are given.
    ///
    /// - Complexity: O(servers given).
    public func firstAvailable(for request: Request, among servers: Span<Int32>) -> Placement? {
        for index in 0..<servers.count {
            if let placement = firstPlacement(on: Int(servers[index]), for: request) { return placement }
        }
        return nil
    }

    @inline(__always)
    private func firstAvailableOfPairs(_ request: Request) -> Placement? {
        let (cpu, mem) = (request.share.cpu, request.share.mem)
        if request.span == 1 {
            for node in 0..<2 &* serverCount {
                let base = 2 &* node
                guard free[base] >= cpu && free[base &+ 1] >= mem else { continue }
                return Placement(server: node >> 1, node: node & 1)
            }
        } else if request.span == 2 {
            for server in 0..<serverCount {
                let base = 4 &* server
                guard
                    free[base] >= cpu && free[base &+ 1] >= mem && free[base &+ 2] >= cpu && free[base &+ 3] >= mem
                else { continue }
                return Placement(server: server, nodes: NodeSet(rawValue: 3))
            }
        }
        return nil
    }

    /// The first placement on a server; `nil` when it has no room.
    @inline(__always)
    func firstPlacement(on server: Int, for request: Request) -> Placement? {
        let nodes = nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span, let set = firstSet(of: nodes, on: server, for: request) else { return nil }
        return Placement(server: server, nodes: set)
    }

    // MARK: Sets of nodes

    /// The set that is nearest, of those the lowest.
    @inline(__always)
    private func firstSet(of nodes: NodeSet, on server: Int, for request: Request) -> NodeSet? {
        if details[server].distanceTable < 0 { return nodes.lowest(request.span) }
        return bestSet(of: nodes, on: server, for: request) { _ in 0 }
    }

    /// The set of as many of these nodes as the request spans for which the sum of `cost` is least; of those the one whose
    /// nodes are nearest to each other (the least sum of distances), of those the lowest. `nil` where no set is as near as the
    /// request wants.
    ///
    /// - Parameters:
    ///   - nodes: at least as many as the request spans.
    ///   - cost: a number for a node; sums are taken in ascending order of the nodes.
    /// - Complexity: O(sets), at most 70.
    @inline(__always)
    func bestSet(of nodes: NodeSet, on server: Int, for request: Request, by cost: (Int) -> Double) -> NodeSet? {
        var best: NodeSet?
        var least = Double.infinity
        let table = Int(details[server].distanceTable)
        if table < 0 {
            // The usual cases without a look at all sets.
            if nodes.count == request.span { return nodes }
            if request.span == 1 {
                nodes.forEach { node in
                    let cost = cost(node)
                    if cost < least || best == nil { (best, least) = (NodeSet(node: node), cost) }
                }
                return best
            }
        }
        var leastDistance = Int.max
        let farthest = request.terms?.farthest ?? .max
        nodes.forEachSubset(of: request.span) { set in
            var sum = 0.0
            set.forEach { sum += cost($0) }
            let distance = table < 0 ? 0 : totalDistance(within: set, table)
            guard sum < least || (sum == least && distance < leastDistance) || best == nil else { return }
            if table >= 0, farthest < .max, self.farthest(within: set, on: server) > farthest { return }
            (best, least, leastDistance) = (set, sum, distance)
        }
        return best
    }

    private func totalDistance(within set: NodeSet, _ table: Int) -> Int {
        var sum = 0
        set.forEach { from in
            set.forEach { to in if from != to { sum += Int(distances[table][from * layout.nodes + to]) } }
        }
        return sum
    }

    /// The largest distance between two nodes of a set; 0 where distances do not matter.
    package func farthest(within set: NodeSet, on server: Int) -> UInt8 {
        let table = Int(details[server].distanceTable)
        guard table >= 0 else { return 0 }
        var most: UInt8 = 0
        set.forEach { from in
            set.forEach { to in if from != to { most = max(most, distances[table][from * layout.nodes + to]) } }
        }
        return most
    }
}
