internal import SpaneScheduling

/// The best of many placements; its storage is kept from one list to the next.
struct Ranking {
    typealias Entry = (action: Action, score: Float)

    /// Best first once ``sort()`` has run; before it, a heap whose first element is the worst of those kept.
    private(set) var entries: [Entry] = []
    private var limit = 0

    /// The length of a list that takes no new storage.
    var capacity: Int { entries.capacity }

    /// Lists the `limit` best placements with room, best first, ties to the lower action; a split VM has one a server.
    ///
    /// - Parameter scores: of every action.
    /// - Complexity: O(servers + servers that enter the list * log limit).
    mutating func list(
        _ limit: Int,
        on cluster: borrowing Cluster,
        for request: Request,
        by scores: borrowing [Float]
    ) {
        self.limit = min(limit, cluster.actionCount)
        entries.removeAll(keepingCapacity: true)
        entries.reserveCapacity(self.limit)
        for server in 0..<cluster.serverCount {
            let first = Action(server: server, node: 0)
            if request.isSplit {
                guard cluster.isAvailable(first, for: request) else { continue }
                var most = scores[first.index]
                for node in 1..<NUMATopology.nodesPerServer { most = max(most, scores[first.index + node]) }
                offer((first, most))
            } else {
                for node in 0..<NUMATopology.nodesPerServer {
                    let action = Action(server: server, node: node)
                    if cluster.isAvailable(action, for: request) { offer((action, scores[action.index])) }
                }
            }
        }
        sort()
    }

    private static func isWorse(_ left: Entry, _ right: Entry) -> Bool {
        left.score < right.score || (left.score == right.score && left.action > right.action)
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
