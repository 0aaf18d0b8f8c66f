/// The best of many placements; its storage is kept from one list to the next.
package struct Ranking {
    package struct Entry {
        package var placement: Placement
        package var score: Float
        /// Where it stands among those of the same score.
        var order: Int
    }

    package init() {}

    /// Best first once ``sort()`` has run; before it, a heap whose first element is the worst of those kept.
    package private(set) var entries: [Entry] = []
    private var limit = 0

    /// The length of a list that takes no new storage.
    package var capacity: Int { entries.capacity }

    /// Lists the `limit` best placements with room, best first, ties to the server that stands first, then to the
    /// lower nodes.
    ///
    /// - Parameters:
    ///   - servers: the candidates; `nil` for all servers.
    ///   - scores: of every action of each of them.
    /// - Complexity: O(servers * sets of nodes + placements that enter the list * log limit).
    package mutating func list(
        _ limit: Int,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?,
        for request: Request,
        by scores: borrowing [Float]
    ) {
        let (count, perServer) = (servers?.count ?? cluster.serverCount, cluster.layout.placementsPerServer)
        self.limit = min(limit, count * perServer)
        entries.removeAll(keepingCapacity: true)
        entries.reserveCapacity(self.limit)
        for index in 0..<count {
            let server = selectedServer(index, of: servers)
            guard cluster.hasRoom(on: server, for: request) else { continue }
            // Two nodes have two actions for a VM on both, which a network may score differently.
            let isPair = cluster.layout.nodes == NUMATopology.nodesPerServer
            var rank = 0
            NodeSet(first: cluster.layout.nodes).forEachSubset(of: request.span) { set in
                let placement = Placement(server: server, nodes: set)
                var score = scores[index * perServer + rank]
                rank += 1
                if isPair, request.isSplit { score = max(score, scores[index * perServer + 1]) }
                guard cluster.isAvailable(placement, for: request) else { return }
                offer(Entry(placement: placement, score: score, order: index << 8 | Int(set.rawValue)))
            }
        }
        sort()
    }

    /// Begins a list that is made in its order.
    package mutating func start() { entries.removeAll(keepingCapacity: true) }

    /// Adds the next best placement to a list that ``start()`` began; its score says where it stands.
    package mutating func append(_ placement: Placement) {
        entries.append(Entry(placement: placement, score: -Float(entries.count), order: entries.count))
    }

    private static func isWorse(_ left: Entry, _ right: Entry) -> Bool {
        left.score < right.score || (left.score == right.score && left.order > right.order)
    }

    private mutating func offer(_ candidate: Entry) {
        if entries.count < limit {
            entries.append(candidate)
            var child = entries.count - 1
            while child > 0, Self.isWorse(entries[child], entries[(child - 1) / 2]) {
                entries.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if let worst = entries.first, Self.isWorse(worst, candidate) {
            entries[0] = candidate
            sink(in: entries.count)
        }
    }

    /// Puts the best first. The sort of the standard library would allocate.
    private mutating func sort() {
        for count in stride(from: entries.count - 1, to: 0, by: -1) {
            entries.swapAt(0, count)
            sink(in: count)
        }
    }

    /// Makes the first `count` entries a heap again whose first one has changed.
    private mutating func sink(in count: Int) {
        var parent = 0
        while true {
            var worst = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < count && Self.isWorse(entries[child], entries[worst]) {
                worst = child
            }
            guard worst != parent else { return }
            entries.swapAt(parent, worst)
            parent = worst
        }
    }
}
