internal import SpaneBuffers

// Which servers and nodes have room for a request.
//
// What is inlined here looks at two equal nodes of cores and memory; everything else is in functions of their own that take the
// parts of a request, since a request as a whole would be copied to the stack for them wherever this is inlined.

extension ClusterState {
    /// The nodes of a server that have room for one node's share of the request, if the server as a whole has room for the rest
    /// and the traits that are asked for.
    ///
    /// - Complexity: O(nodes * resources).
    @inline(__always)
    public func nodesWithRoom(on server: Int, for request: Request) -> NodeSet {
        if isPair, request.share.isPlain {
            let share = request.share
            let base = server &* 4
            let first = free[base] >= share.cpu && free[base &+ 1] >= share.mem
            let second = free[base &+ 2] >= share.cpu && free[base &+ 3] >= share.mem
            return NodeSet(rawValue: (first ? 1 : 0) | (second ? 2 : 0))
        }
        return nodes(of: server, thatHold: request.share, request.terms)
    }

    /// Whether a server has room for the request on some set of its nodes.
    @inline(__always)
    public func hasRoom(on server: Int, for request: Request) -> Bool {
        let nodes = nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span else { return false }
        return request.share.isPlain || firstSet(of: nodes, on: server, span: request.span, request.terms) != nil
    }

    /// Whether the server and the nodes of a placement have room for the request, and are as many as it spans.
    ///
    /// - Complexity: O(nodes * resources).
    @inline(__always)
    public func isAvailable(_ placement: Placement, for request: Request) -> Bool {
        if isPair, request.share.isPlain { return isAvailableOnPair(placement, for: request.share) }
        return isAvailable(placement, for: request.share, request.terms)
    }

    /// The first placement with room: on the lowest server, on the set of nodes that are nearest to each other, of those the
    /// lowest. `nil` when the request fits nowhere.
    ///
    /// - Complexity: O(servers).
    @inline(__always)
    public func firstAvailable(for request: Request) -> Placement? {
        firstAvailable(for: request, on: 0..<serverCount)
    }

    /// As ``firstAvailable(for:)``, on some servers that follow each other.
    @inline(__always)
    func firstAvailable(for request: Request, on servers: Range<Int>) -> Placement? {
        if isPair, request.share.isPlain { return firstAvailableOfPairs(request.share, servers) }
        return firstAvailable(for: request.share, request.terms, servers)
    }

    /// As ``firstAvailable(for:)``, among some servers in the order in which they are given.
    ///
    /// - Complexity: O(servers given).
    public func firstAvailable(for request: Request, among servers: Span<Int32>) -> Placement? {
        for index in 0..<servers.count {
            let server = Int(servers[index])
            let nodes = nodesWithRoom(on: server, for: request)
            guard nodes.count >= request.span,
                let set = firstSet(of: nodes, on: server, span: request.span, request.terms)
            else { continue }
            return Placement(server: server, nodes: set)
        }
        return nil
    }

    @inline(__always)
    private func isAvailableOnPair(_ placement: Placement, for share: NodeShare) -> Bool {
        let nodes = placement.nodes.rawValue
        let base = 4 &* placement.server
        if share.span == 1, nodes == 1 || nodes == 2 {
            let node = base &+ 2 &* Int(nodes >> 1)
            return free[node] >= share.cpu && free[node &+ 1] >= share.mem
        }
        guard share.span == 2, nodes == 3 else { return false }
        return free[base] >= share.cpu && free[base &+ 1] >= share.mem && free[base &+ 2] >= share.cpu
            && free[base &+ 3] >= share.mem
    }

    @inline(never)
    private func isAvailable(_ placement: Placement, for share: NodeShare, _ terms: RequestTerms?) -> Bool {
        let nodes = placement.nodes
        return nodes.count == share.span
            && self.nodes(of: placement.server, thatHold: share, terms).isSuperset(of: nodes)
            && areNear(nodes, on: placement.server, terms)
    }

    @inline(__always)
    private func firstAvailableOfPairs(_ share: NodeShare, _ servers: Range<Int>) -> Placement? {
        let (cpu, mem) = (share.cpu, share.mem)
        // Loops over ranges would check their ends every time.
        if share.span == 1 {
            var node = 2 &* servers.lowerBound
            while node < 2 &* servers.upperBound {
                let base = 2 &* node
                if free[base] >= cpu && free[base &+ 1] >= mem { return Placement(server: node >> 1, node: node & 1) }
                node &+= 1
            }
        } else if share.span == 2 {
            var server = servers.lowerBound
            while server < servers.upperBound {
                let base = 4 &* server
                if free[base] >= cpu && free[base &+ 1] >= mem && free[base &+ 2] >= cpu && free[base &+ 3] >= mem {
                    return Placement(server: server, nodes: NodeSet(rawValue: 3))
                }
                server &+= 1
            }
        }
        return nil
    }

    @inline(never)
    private func firstAvailable(for share: NodeShare, _ terms: RequestTerms?, _ servers: Range<Int>) -> Placement? {
        for server in servers {
            let nodes = nodes(of: server, thatHold: share, terms)
            guard nodes.count >= share.span, let set = firstSet(of: nodes, on: server, span: share.span, terms) else {
                continue
            }
            return Placement(server: server, nodes: set)
        }
        return nil
    }

    // MARK: Any nodes

    /// Whether the server could hold the request while nothing runs there.
    func isLargeEnough(_ server: Int, for request: Request) -> Bool {
        let nodes = nodes(of: server, thatHold: request.share, request.terms, capacity, particulars.sharedCapacity)
        return nodes.count >= request.span
            && firstSet(of: nodes, on: server, span: request.span, request.terms) != nil
    }

    @inline(never)
    private func nodes(of server: Int, thatHold share: NodeShare, _ terms: RequestTerms?) -> NodeSet {
        nodes(of: server, thatHold: share, terms, free, particulars.sharedFree)
    }

    @inline(__always)
    private func nodes(
        of server: Int,
        thatHold share: NodeShare,
        _ terms: RequestTerms?,
        _ amounts: borrowing FlatBuffer<Double>,
        _ sharedAmounts: borrowing FlatBuffer<Double>
    ) -> NodeSet {
        guard let terms else {
            return nodes(of: server) { amounts[$0] >= share.cpu && amounts[$0 &+ 1] >= share.mem }
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
            var fits = amounts[base] >= share.cpu && amounts[base &+ 1] >= share.mem
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
        for node in 0..<valuesPerServer / valuesPerNode {
            if hasRoom(base) { bits |= 1 << UInt8(truncatingIfNeeded: node) }
            base &+= valuesPerNode
        }
        return NodeSet(rawValue: bits)
    }
}
