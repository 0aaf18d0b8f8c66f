internal import SpaneBuffers

// Which set of nodes of one server a VM is spread over.

extension ClusterState {
    /// The set that is nearest, of those the lowest; `nil` where no set is as near as the terms want.
    ///
    /// - Parameter nodes: at least `span`.
    @inline(__always)
    func firstSet(of nodes: NodeSet, on server: Int, span: Int, _ terms: RequestTerms?) -> NodeSet? {
        if details[server].distanceTable < 0 { return nodes.lowest(span) }
        return bestSet(of: nodes, on: server, span: span, terms) { _ in 0 }
    }

    /// The `span` of these nodes that cost least, of equal ones the lowest; where the server tells distances, of the sets for which
    /// the sum of costs is least the one whose nodes are nearest to each other (the least sum of distances), of those the lowest.
    /// `nil` where no set is as near as the terms want.
    ///
    /// - Parameters:
    ///   - nodes: at least `span`.
    ///   - cost: a number for a node.
    /// - Complexity: O(nodes * span), O(sets) with distances, at most 70.
    @inline(__always)
    func bestSet(
        of nodes: NodeSet,
        on server: Int,
        span: Int,
        _ terms: RequestTerms?,
        by cost: (Int) -> Double
    ) -> NodeSet? {
        guard details[server].distanceTable < 0 else { return nearestSet(of: nodes, on: server, span, terms, by: cost) }
        if nodes.count == span { return nodes }
        // The least of a sum is the sum of the least, so there is no need to look at all sets.
        var costs = InlineArray<8, Double>(repeating: 0)
        nodes.forEach { costs[$0] = cost($0) }
        var rest = nodes.rawValue
        for _ in 0..<span {
            var best = rest.trailingZeroBitCount
            NodeSet(rawValue: rest).forEach { node in if costs[node] < costs[best] { best = node } }
            rest &= ~(1 << UInt8(truncatingIfNeeded: best))
        }
        return NodeSet(rawValue: nodes.rawValue & ~rest)
    }

    @inline(never)
    private func nearestSet(
        of nodes: NodeSet,
        on server: Int,
        _ span: Int,
        _ terms: RequestTerms?,
        by cost: (Int) -> Double
    ) -> NodeSet? {
        var best: NodeSet?
        var least = Double.infinity
        var leastDistance = Int.max
        nodes.forEachSubset(of: span) { set in
            var sum = 0.0
            set.forEach { sum += cost($0) }
            let distance = totalDistance(within: set, on: server)
            guard sum < least || (sum == least && distance < leastDistance) || best == nil else { return }
            guard areNear(set, on: server, terms) else { return }
            (best, least, leastDistance) = (set, sum, distance)
        }
        return best
    }

    /// Whether no two of these nodes are farther from each other than the terms allow.
    @inline(never)
    func areNear(_ nodes: NodeSet, on server: Int, _ terms: RequestTerms?) -> Bool {
        guard let terms, terms.farthest < .max else { return true }
        return farthest(within: nodes, on: server) <= terms.farthest
    }

    func totalDistance(within set: NodeSet, on server: Int) -> Int {
        var sum = 0
        forEachDistance(within: set, on: server) { sum += Int($0) }
        return sum
    }

    /// The largest distance between two nodes of a set; 0 where distances do not matter.
    package func farthest(within set: NodeSet, on server: Int) -> UInt8 {
        var most: UInt8 = 0
        forEachDistance(within: set, on: server) { most = max(most, $0) }
        return most
    }

    @inline(__always)
    private func forEachDistance(within set: NodeSet, on server: Int, _ body: (UInt8) -> Void) {
        let table = Int(details[server].distanceTable)
        guard table >= 0 else { return }
        let nodes = layout.nodes
        set.forEach { from in
            set.forEach { to in if from != to { body(particulars.distances[table][from * nodes + to]) } }
        }
    }
}
