internal import SpaneBuffers

/// A place that a VM may get when others leave.
struct ShortPlace {
    let placement: Placement
    /// What is short, each resource as a share of what a node has of it.
    let shortage: Double
}

/// What a node must have left, be it the largest, to be less short than the worst of the best places so far.
private struct ShortageBar {
    private(set) var cpu = -Double.infinity
    private(set) var mem = -Double.infinity
    private let share: NodeShare
    private let largest: Resources

    init(_ share: NodeShare, _ largest: Resources) { (self.share, self.largest) = (share, largest) }

    mutating func rise(to worst: Double) {
        // Shares of smaller nodes are larger; what is rounded must not shut out a place.
        cpu = share.cpu - 1.000_001 * worst * largest.cpu
        mem = share.mem - 1.000_001 * worst * largest.mem
    }
}

extension ClusterState {
    /// Whether a server is in placement and has the traits that a request asks for.
    @inline(__always)
    func suits(_ server: Int, _ request: Request) -> Bool {
        let detail = details[server]
        return !detail.isCordoned && detail.traits & request.require == request.require
            && detail.traits & request.forbid == 0
    }

    /// The places for a request on some servers that could hold it if nothing else ran there, those first that are least short, at
    /// most `most`: each node for a VM on one, else of each server the nodes that are least short together.
    ///
    /// - Complexity: O(servers * nodes * resources).
    func shortPlaces(for request: Request, on servers: some Sequence<Int>, most: Int) -> [ShortPlace] {
        var places: [ShortPlace] = []
        var bar = ShortageBar(request.share, particulars.sizes.largestNode)
        func add(_ place: ShortPlace) {
            if places.count == most {
                guard place.shortage < places[most - 1].shortage else { return }
                places.removeLast()
            }
            var at = places.count
            while at > 0, places[at - 1].shortage > place.shortage { at -= 1 }
            places.insert(place, at: at)
            if places.count == most { bar.rise(to: places[most - 1].shortage) }
        }
        for server in servers {
            let near = nodes(of: server, over: bar)
            guard near.count >= request.span, suits(server, request) else { continue }
            var short = InlineArray<8, Double>(repeating: 0)
            var nodes: UInt8 = 0
            near.forEach { node in
                short[node] = shortage(of: node, on: server, for: request)
                if short[node] < .infinity { nodes |= 1 << UInt8(truncatingIfNeeded: node) }
            }
            let possible = NodeSet(rawValue: nodes)
            guard possible.count >= request.span, request.share.isPlain || isLargeEnough(server, for: request) else {
                continue
            }
            if request.span == 1 {
                possible.forEach {
                    add(ShortPlace(placement: Placement(server: server, node: $0), shortage: short[$0]))
                }
            } else if let set = bestSet(of: possible, on: server, span: request.span, request.terms, by: { short[$0] })
            {
                var sum = 0.0
                set.forEach { sum += short[$0] }
                add(ShortPlace(placement: Placement(server: server, nodes: set), shortage: sum))
            }
        }
        return places
    }

    /// The nodes that have enough for one of the best places.
    @inline(__always)
    private func nodes(of server: Int, over bar: ShortageBar) -> NodeSet {
        if isPair {
            let base = server &* 4
            let first = free[base] >= bar.cpu && free[base &+ 1] >= bar.mem
            let second = free[base &+ 2] >= bar.cpu && free[base &+ 3] >= bar.mem
            return NodeSet(rawValue: (first ? 1 : 0) | (second ? 2 : 0))
        }
        var bits: UInt8 = 0
        var base = server &* valuesPerServer
        for node in 0..<nodeCount(of: server) {
            if free[base] >= bar.cpu, free[base &+ 1] >= bar.mem { bits |= 1 << UInt8(truncatingIfNeeded: node) }
            base &+= valuesPerNode
        }
        return NodeSet(rawValue: bits)
    }

    /// What a node is short of for its part of a request, as shares of its capacity; infinity where it never has as much.
    @inline(__always)
    private func shortage(of node: Int, on server: Int, for request: Request) -> Double {
        let base = server &* valuesPerServer &+ node &* valuesPerNode
        var sum = 0.0
        for resource in 0..<valuesPerNode {
            let demand = request.share(of: resource)
            let short = demand - free[base &+ resource]
            guard demand > 0, short > 0 else { continue }
            guard capacity[base &+ resource] >= demand else { return .infinity }
            sum += short / capacity[base &+ resource]
        }
        return sum
    }
}
