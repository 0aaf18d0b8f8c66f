/// The sizes of NUMA nodes than which no other has more of both cores and memory: what fits on no node of these fits on
/// none, even if it were empty. Servers come in few sizes, so they are few.
struct LargestNodes: Sendable {
    // Ascending by cores, and so descending by memory.
    private var sizes: [Resources] = []

    /// Takes nodes in.
    ///
    /// - Complexity: O(n log s) for n nodes when there are s sizes; O(s log s) more when one of them is such a size.
    mutating func add(_ nodes: [Resources]) {
        var last: Resources?
        var larger: [Resources] = []
        for node in nodes where node != last {
            last = node
            if !canHold(node) { larger.append(node) }
        }
        guard !larger.isEmpty else { return }
        // From the most cores on, only what has more memory than all before.
        let all = (sizes + larger).sorted { ($0.cpu, $0.mem) > ($1.cpu, $1.mem) }
        sizes.removeAll()
        for node in all where node.mem > sizes.last?.mem ?? 0 { sizes.append(node) }
        sizes.reverse()
    }

    /// Whether some node has as much of both.
    ///
    /// - Complexity: O(log s).
    func canHold(_ demand: Resources) -> Bool {
        // The first that has the cores has the most memory of those that have.
        var (low, high) = (0, sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if sizes[middle].cpu < demand.cpu { low = middle + 1 } else { high = middle }
        }
        return low < sizes.count && sizes[low].mem >= demand.mem
    }
}
