internal import SpaneBuffers

/// A place that a VM may get when others leave.
struct ShortPlace {
    let placement: Placement
    /// What is short, each resource as a share of what a node has of it.
    let shortage: Double
}

/// Tells nodes that are certainly shorter than the worst of the best places so far, without a look at what they could hold.
private struct ShortageBar {
    private let share: NodeShare
    // What a step of the largest node is of its capacity.
    private let cpuStep: Double
    private let memStep: Double
    private(set) var worst = Double.infinity

    init(_ share: NodeShare, _ largest: Resources) {
        self.share = share
        cpuStep = largest.cpu > 0 ? 1 / largest.cpu : 0
        memStep = largest.mem > 0 ? 1 / largest.mem : 0
    }

    mutating func rise(to worst: Double) {
        // What is rounded must not shut out a place.
        self.worst = 1.000_001 * worst
    }

    /// No more than a node with so much left is short of.
    @inline(__always)
    func shortage(_ cpu: Double, _ mem: Double) -> Double {
        max(0, share.cpu - cpu) * cpuStep + max(0, share.mem - mem) * memStep
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
        let needsPair = isPair && request.span == 2
        for server in servers {
            if needsPair, isShort(server, of: bar) { continue }
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
        var bits: UInt8 = 0
        var base = server &* valuesPerServer
        for node in 0..<(isPair ? 2 : nodeCount(of: server)) {
            let isBelow = bar.shortage(free[base], free[base &+ 1]) <= bar.worst
            bits |= (isBelow ? 1 : 0) << UInt8(truncatingIfNeeded: node)
            base &+= isPair ? 2 : valuesPerNode
        }
        return NodeSet(rawValue: bits)
    }

    /// Whether all nodes of a server, each of which is needed, are too short together.
    @inline(__always)
    private func isShort(_ server: Int, of bar: ShortageBar) -> Bool {
        let base = server &* 4
        return bar.shortage(free[base], free[base &+ 1]) + bar.shortage(free[base &+ 2], free[base &+ 3]) > bar.worst
    }

    /// What a node is short of for its part of a request, as shares of its capacity; infinity where it never has as much.
    @inline(__always)
    func shortage(of node: Int, on server: Int, for request: Request) -> Double {
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
