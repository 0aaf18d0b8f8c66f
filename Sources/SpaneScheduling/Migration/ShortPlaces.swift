internal import SpaneBuffers

/// A place that a VM may get when others leave.
struct ShortPlace {
    let placement: Placement
    /// What is short, each resource as a share of what a node has of it.
    let shortage: Double
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
        func add(_ place: ShortPlace) {
            if places.count == most {
                guard place.shortage < places[most - 1].shortage else { return }
                places.removeLast()
            }
            var at = places.count
            while at > 0, places[at - 1].shortage > place.shortage { at -= 1 }
            places.insert(place, at: at)
        }
        for server in servers where suits(server, request) {
            var short = InlineArray<8, Double>(repeating: 0)
            var nodes: UInt8 = 0
            for node in 0..<nodeCount(of: server) {
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
