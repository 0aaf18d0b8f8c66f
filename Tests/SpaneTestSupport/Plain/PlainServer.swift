package import SpaneScheduling

/// A server in whole steps, whose every answer is read off its definition.
package struct PlainServer: Equatable, Sendable {
    /// By node, then by resource.
    package var capacity: [[Int]]
    package var free: [[Int]]
    package var sharedCapacity: [Int]
    package var sharedFree: [Int]
    package var traits: UInt64
    /// By node and node; empty where they do not matter.
    package var distances: [[Int]]
    package var isCordoned = false

    /// An empty server.
    package init(_ type: ServerType) {
        capacity = type.nodes.map { $0.map { Steps.capacity($0) } }
        free = capacity
        sharedCapacity = type.shared.map { Steps.capacity($0) }
        sharedFree = sharedCapacity
        traits = type.traits
        let count = type.nodes.count
        distances =
            type.distances.isEmpty
            ? [] : (0..<count).map { from in (0..<count).map { Int(type.distances[from * count + $0]) } }
    }

    package var nodeCount: Int { capacity.count }

    // MARK: Who fits

    /// Whether every node of a set exists and has what each must give.
    package func nodesHaveRoom(_ set: UInt8, _ request: PlainRequest) -> Bool {
        for node in 0..<8 where set >> UInt8(node) & 1 == 1 {
            guard node < nodeCount else { return false }
            for resource in request.share.indices where request.share[resource] > 0 {
                if free[node][resource] < request.share[resource] { return false }
            }
        }
        return true
    }

    /// Whether the server has the traits asked for and enough as a whole.
    package func serverHasRoom(_ request: PlainRequest) -> Bool {
        guard !isCordoned, traits & request.require == request.require, traits & request.forbid == 0 else {
            return false
        }
        for resource in request.shared.indices where request.shared[resource] > 0 {
            if sharedFree[resource] < request.shared[resource] { return false }
        }
        return true
    }

    /// Whether the request may run on a set of nodes.
    package func allows(_ set: UInt8, _ request: PlainRequest) -> Bool {
        set.nonzeroBitCount == request.span && serverHasRoom(request) && nodesHaveRoom(set, request)
            && farthest(set) <= request.farthest
    }

    /// All sets of nodes on which the request may run, ascending.
    package func sets(_ request: PlainRequest) -> [UInt8] {
        guard serverHasRoom(request) else { return [] }
        var alone: UInt8 = 0
        for node in 0..<nodeCount where nodesHaveRoom(1 << UInt8(node), request) { alone |= 1 << UInt8(node) }
        var found: [UInt8] = []
        for set in 0...alone where set & ~alone == 0 && set.nonzeroBitCount == request.span {
            if farthest(set) <= request.farthest { found.append(set) }
        }
        return found
    }

    // MARK: Distances

    /// The largest distance between two nodes of a set.
    package func farthest(_ set: UInt8) -> Int {
        var most = 0
        forEachDistance(set) { most = max(most, $0) }
        return most
    }

    /// The sum of all distances between nodes of a set.
    package func totalDistance(_ set: UInt8) -> Int {
        var sum = 0
        forEachDistance(set) { sum += $0 }
        return sum
    }

    private func forEachDistance(_ set: UInt8, _ body: (Int) -> Void) {
        guard !distances.isEmpty, set.nonzeroBitCount > 1 else { return }
        for from in 0..<nodeCount where set >> UInt8(from) & 1 == 1 {
            for to in 0..<nodeCount where set >> UInt8(to) & 1 == 1 && to != from { body(distances[from][to]) }
        }
    }

    /// The nodes of a set, ascending.
    package static func nodes(_ set: UInt8) -> [Int] { (0..<8).filter { set >> UInt8($0) & 1 == 1 } }

    // MARK: Coming and going

    /// Takes what a request asks for, or gives it back when `times` is -1.
    package mutating func take(_ request: PlainRequest, _ set: UInt8, times: Int = 1) {
        for node in 0..<8 where set >> UInt8(node) & 1 == 1 {
            for resource in request.share.indices { free[node][resource] -= times * request.share[resource] }
        }
        for resource in request.shared.indices { sharedFree[resource] -= times * request.shared[resource] }
    }

    // MARK: Measures

    /// What is left of the scarcer one of cores and memory, as a share; 0 where the node has none of one of them.
    package func remaining(_ node: Int) -> Double {
        let (cpu, mem) = (capacity[node][0], capacity[node][1])
        guard cpu > 0, mem > 0 else { return 0 }
        return min(Double(free[node][0]) / Double(cpu), Double(free[node][1]) / Double(mem))
    }

    /// By how much the nodes differ, summed over the resources of nodes.
    package var imbalance: Double {
        var sum = 0.0
        for resource in capacity[0].indices {
            let all = capacity[0][resource]
            let areEqual = capacity.allSatisfy { $0[resource] == all }
            if areEqual, all == 0 { continue }
            var (least, most) = (Double.infinity, -Double.infinity)
            for node in 0..<nodeCount where capacity[node][resource] > 0 {
                // The difference of equal nodes is divided once.
                let share = Double(free[node][resource]) / (areEqual ? 1 : Double(capacity[node][resource]))
                least = min(least, share)
                most = max(most, share)
            }
            if most > least { sum += (most - least) / (areEqual ? Double(all) : 1) }
        }
        return sum
    }
}
