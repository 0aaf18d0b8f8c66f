/// How many servers there are of each size, which says what the largest node and the largest server have now: a cluster knows
/// the same whichever servers it had before, and so does one that is saved and loaded.
struct ServerSizes {
    /// What counts of a server here, in steps of the ``Grid``.
    struct Size: Hashable {
        /// The most cores and the most memory of its nodes.
        let node: Resources
        /// [resource of nodes, then of servers]: what it has of each, summed over its nodes.
        let sums: [Double]
        let nodeCount: Int

        init(_ type: ServerType) {
            node = type.nodes.reduce(Resources(cpu: 0, mem: 0)) { most, node in
                Resources(cpu: max(most.cpu, Grid.capacity(node[0])), mem: max(most.mem, Grid.capacity(node[1])))
            }
            sums =
                (type.nodes.first ?? []).indices.map { resource in
                    type.nodes.reduce(0) { $0 + Grid.capacity($1[resource]) }
                } + type.shared.map { Grid.capacity($0) }
            nodeCount = type.nodes.count
        }
    }

    private var counts: [Size: Int] = [:]
    /// The most cores and the most memory of any node.
    private(set) var largestNode = Resources(cpu: 0, mem: 0)
    /// [resource of nodes, then of servers]: the most that any server has.
    private(set) var largestServer: [Double]
    /// The fewest nodes of any server; as many as the layout allows while there are none.
    private(set) var fewestNodes: Int
    private let mostNodes: Int

    /// Those of no servers.
    init(_ layout: Layout) {
        largestServer = Array(repeating: 0, count: layout.nodeResources.count + layout.serverResources.count)
        mostNodes = layout.nodes
        fewestNodes = mostNodes
    }

    /// Counts a server that is there now.
    mutating func add(_ size: Size) {
        counts[size, default: 0] += 1
        if counts[size] == 1 { see(size) }
    }

    /// Counts a server that is there no longer.
    ///
    /// - Complexity: O(1); O(sizes) where the last server of a size goes that is the largest or the smallest in something.
    mutating func remove(_ size: Size) {
        guard let count = counts[size] else { preconditionFailure("no server of this size was counted") }
        counts[size] = count > 1 ? count - 1 : nil
        if count == 1, isExtreme(size) { lookAgain() }
    }

    private func isExtreme(_ size: Size) -> Bool {
        size.node.cpu == largestNode.cpu || size.node.mem == largestNode.mem || size.nodeCount == fewestNodes
            || zip(size.sums, largestServer).contains { $0 == $1 }
    }

    private mutating func lookAgain() {
        largestNode = Resources(cpu: 0, mem: 0)
        for index in largestServer.indices { largestServer[index] = 0 }
        fewestNodes = mostNodes
        for size in counts.keys { see(size) }
    }

    private mutating func see(_ size: Size) {
        largestNode = Resources(cpu: max(largestNode.cpu, size.node.cpu), mem: max(largestNode.mem, size.node.mem))
        for index in largestServer.indices { largestServer[index] = max(largestServer[index], size.sums[index]) }
        fewestNodes = min(fewestNodes, size.nodeCount)
    }
}
