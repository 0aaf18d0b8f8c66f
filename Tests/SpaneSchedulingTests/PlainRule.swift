import SpaneScheduling
import SpaneTestSupport

/// A rule by name on plain servers, by the definitions of `ServerScore` and `NodeChoice`.
struct PlainRule {
    let name: RuleName
    let layout: Layout
    /// The most that a server and a node have, by resource.
    var largest: Largest
    var mix: PlainMix

    struct Largest: Equatable {
        var server: [Int] = []
        var node = [0, 0]

        mutating func see(_ other: PlainServer) {
            let sums = other.capacity[0].indices.map { resource in other.capacity.reduce(0) { $0 + $1[resource] } }
            let all = sums + other.sharedCapacity
            server = server.isEmpty ? all : zip(server, all).map { max($0, $1) }
            for capacity in other.capacity { node = [max(node[0], capacity[0]), max(node[1], capacity[1])] }
        }
    }

    /// The best placement on some servers, ties to the one that stands first.
    func choose(_ servers: [PlainServer], _ request: PlainRequest, among candidates: [Int32]) -> Placement? {
        var best: (score: Double, placement: Placement)?
        for index in candidates.map({ Int($0) }) {
            let server = servers[index]
            guard let (set, values) = terms(of: server, request) else { continue }
            var score = 0.0
            for (term, value) in zip(name.terms, values) { score += term.weight * value }
            if score > best?.score ?? -.infinity {
                best = (score, Placement(server: index, nodes: NodeSet(rawValue: set)))
            }
        }
        return best?.placement
    }

    /// The nodes that a server gives and the terms of its score, without their weights; `nil` where there is no room.
    func terms(of server: PlainServer, _ request: PlainRequest) -> (nodes: UInt8, values: [Double])? {
        guard let set = nodes(of: server, request) else { return nil }
        return (set, name.terms.map { value($0.score, server, set, request) })
    }

    private func nodes(of server: PlainServer, _ request: PlainRequest) -> UInt8? {
        let sets = server.sets(request)
        func free(_ node: Int) -> Double {
            zip(server.free[node], largest.node).reduce(0) { $0 + ($1.1 > 0 ? Double($1.0) / Double($1.1) : 0) }
        }
        switch name.nodes {
        case .first: return NodeSetOracleTests.first(sets, server)
        case .spread: return NodeSetOracleTests.best(sets, server) { -free($0) }
        case .pack: return NodeSetOracleTests.best(sets, server) { free($0) }
        case .capacityLost:
            func key(_ set: UInt8) -> (Double, Double, Int, UInt8) {
                var with = server
                with.take(request, set)
                let left = PlainServer.nodes(set).reduce(0) { $0 + free($1) }
                return (-mix.capacity(with, layout), -left, server.totalDistance(set), set)
            }
            return sets.min { key($0) < key($1) }
        }
    }

    private func value(_ score: ServerScore, _ server: PlainServer, _ set: UInt8, _ request: PlainRequest) -> Double {
        var with = server
        with.take(request, set)
        let ofNodes = server.capacity[0].indices
        func sum(_ nodes: [[Int]], _ shared: [Int]) -> [Double] {
            ofNodes.map { resource in Double(nodes.reduce(0) { $0 + $1[resource] }) } + shared.map { Double($0) }
        }
        let capacity = sum(server.capacity, server.sharedCapacity)
        let there = capacity.indices.filter { capacity[$0] > 0 }
        let free = sum(with.free, with.sharedFree)
        let before = sum(server.free, server.sharedFree)
        let shares = there.map { free[$0] / capacity[$0] }
        let mostAllocated = -there.reduce(0) { $0 + free[$1] / Double(largest.server[$1]) }
        switch score {
        case .first: return 0
        case .mostAllocated: return mostAllocated
        case .mostAllocatedShare: return -shares.reduce(0, +)
        case .leastAllocated: return shares.reduce(0, +)
        case .balanced:
            let used = shares.map { 1 - $0 }
            let mean = used.reduce(0, +) / Double(used.count)
            let squares = used.reduce(0) { $0 + $1 * $1 } / Double(used.count)
            return -max(0, squares - mean * mean).squareRoot()
        case .l2: return -shares.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .dotProduct:
            return there.reduce(0) { sum, resource in
                let demand = before[resource] - free[resource]
                return sum + demand / capacity[resource] * (before[resource] / capacity[resource])
            }
        case .bottleneck: return shares.map { 1 - $0 }.max() ?? -.infinity
        case .capacityLost:
            return mix.capacity(with, layout) - mix.capacity(server, layout) + 0.001 * mostAllocated
        }
    }
}
