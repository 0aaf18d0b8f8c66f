internal import SpaneBuffers

/// The flavors for which room is to be kept, and what each is worth: from a ``ExpectedFlavors``, or learned from what is asked for.
///
/// Learned frequencies are decayed counts: each request adds one to its flavor, and every ``period`` requests all counts are halved.
/// The weights in use follow them after ``firstChoice`` requests, after twice as many, and so on, and from ``period`` on every so
/// many if they have moved by more than ``tolerance``, so that scores can be kept in between. The same requests in the same order
/// give the same weights.
final class CapacityMix: @unchecked Sendable {
    /// What counts of a request: traits and other resources do not.
    private struct Flavor: Hashable {
        let cpu: Double
        let mem: Double
        let span: Int

        var share: NodeShare { Request(cpu: cpu, mem: mem, span: span).share }
    }

    private struct Entry {
        let flavor: Flavor
        let share: NodeShare
        /// Of all weights.
        let part: Double
        /// Its frequency times its cores.
        let weight: Double
    }

    private struct Largest: Equatable {
        /// Of a server, in steps of the ``Grid``.
        let cores: Double
        /// Of a node, in steps.
        let node: Resources
    }

    /// Grows whenever the weights in use change.
    private(set) var version: UInt64 = 0

    private let given: ExpectedFlavors?
    private var entries: [Entry] = []
    // What the largest server and node had when weights were chosen, which says what a large VM is.
    private var largest = Largest(cores: 0, node: Resources(cpu: 0, mem: 0))
    private var counts: [Flavor: Double] = [:]
    private var asked = 0
    private var next = firstChoice

    private static let firstChoice = 32
    private static let period = 1024
    /// Weights that differ by less in sum are as good.
    private static let tolerance = 0.1
    /// Small VMs fit into whatever is left: those count that take so much of the largest server's cores, or several nodes.
    private static let largePart = 0.125
    /// Flavors that count together; more cost time and say little.
    private static let most = 16

    /// - Parameter given: `nil` to learn.
    init(_ given: ExpectedFlavors?) { self.given = given }

    /// One of its own in the same state.
    func copy() -> CapacityMix {
        let other = CapacityMix(given)
        (other.version, other.entries, other.largest) = (version, entries, largest)
        (other.counts, other.asked, other.next) = (counts, asked, next)
        return other
    }

    /// Forgets what was learned.
    func forget() {
        guard given == nil, asked > 0 else { return }
        (counts, asked, next) = ([:], 0, Self.firstChoice)
        use([])
    }

    /// Counts a request to a cluster.
    func note(_ request: Request, on cluster: borrowing ClusterState) {
        let largest = Largest(
            cores: cluster.particulars.sizes.largestServer[0],
            node: cluster.particulars.sizes.largestNode
        )
        if let given {
            guard largest != self.largest else { return }
            self.largest = largest
            let rule = cluster.spanRule
            // Flavors of a trace may differ in what does not count here.
            let frequencies = given.parts.reduce(into: [Flavor: Double]()) { frequencies, part in
                let span = part.span > 0 ? part.span : rule.span(cpu: part.cpu, mem: part.mem)
                frequencies[Flavor(cpu: part.cpu, mem: part.mem, span: span), default: 0] += part.frequency
            }
            return use(chosen(frequencies.map { ($0.key, $0.value) }))
        }
        asked += 1
        counts[Flavor(cpu: request.cpu, mem: request.mem, span: request.span), default: 0] += 1
        guard asked == next else { return }
        next += min(asked, Self.period)
        let isNew = largest != self.largest
        self.largest = largest
        let entries = chosen(counts.map { ($0.key, $0.value) })
        if isNew || asked < Self.period || distance(to: entries) > Self.tolerance { use(entries) }
        // Half a request is forgotten, so that flavors that never come again do not stay for ever.
        if asked % Self.period == 0 { counts = counts.compactMapValues { $0 > 1 ? $0 / 2 : nil } }
    }

    private func use(_ entries: [Entry]) {
        version += 1
        self.entries = entries
    }

    /// The entries for some flavors, in an order that does not depend on theirs.
    private func chosen(_ flavors: [(flavor: Flavor, frequency: Double)]) -> [Entry] {
        let least = Self.largePart * Grid.amount(largest.cores)
        let large = flavors.filter { flavor, _ in
            let share = flavor.share
            // One that no server can hold needs no room.
            return (flavor.span > 1 || flavor.cpu >= least) && share.cpu > 0 && share.mem > 0
                && share.cpu <= largest.node.cpu && share.mem <= largest.node.mem
        }.sorted { left, right in
            let (a, b) = (left.flavor, right.flavor)
            return (-left.frequency * a.cpu, a.cpu, a.mem, a.span) < (-right.frequency * b.cpu, b.cpu, b.mem, b.span)
        }.prefix(Self.most)
        let frequencies = large.reduce(0) { $0 + $1.frequency }
        let weights = large.map { $0.frequency / frequencies * $0.flavor.cpu }
        let sum = weights.reduce(0, +)
        return zip(large, weights).map { part, weight in
            Entry(flavor: part.flavor, share: part.flavor.share, part: weight / sum, weight: weight)
        }
    }

    /// How far weights are from those in use, 0 ... 2.
    private func distance(to others: [Entry]) -> Double {
        let (old, new) = (Dictionary(uniqueKeysWithValues: entries.map { ($0.flavor, $0.part) }), others)
        let both = new.reduce(into: (sum: 0.0, kept: 0.0)) { result, entry in
            let before = old[entry.flavor] ?? 0
            result.sum += abs(entry.part - before)
            result.kept += before
        }
        return both.sum + entries.reduce(0) { $0 + $1.part } - both.kept
    }

    /// How many more VMs a server holds, weighted, each flavor as if it were alone.
    ///
    /// - Parameters:
    ///   - request: a VM that is there too.
    ///   - set: the nodes that it has.
    /// - Complexity: O(flavors * nodes).
    func capacity(
        of cluster: borrowing ClusterState,
        server: Int,
        with request: Request? = nil,
        on set: NodeSet = .none
    ) -> Double {
        var sum = 0.0
        for entry in entries {
            sum += entry.weight * Double(cluster.room(for: entry.share, on: server, beside: request?.share, over: set))
        }
        return sum
    }
}

extension ClusterState {
    /// How many VMs fit beside another one, as if cores and memory were all that matters.
    ///
    /// - Complexity: O(nodes * span).
    @inline(__always)
    fileprivate func room(for share: NodeShare, on server: Int, beside other: NodeShare?, over set: NodeSet) -> Int {
        let count = nodeCount(of: server)
        guard count >= share.span else { return 0 }
        var shares = InlineArray<8, Int>(repeating: 0)
        let base = server &* valuesPerServer
        for node in 0..<count {
            var (cpu, mem) = (free[base &+ node &* valuesPerNode], free[base &+ node &* valuesPerNode &+ 1])
            if let other, set.contains(node) { (cpu, mem) = (cpu - other.cpu, mem - other.mem) }
            shares[node] = VMShares.whole(max(0, min(cpu / share.cpu, mem / share.mem)))
        }
        return VMShares.room(shares, count: count, over: share.span)
    }
}
