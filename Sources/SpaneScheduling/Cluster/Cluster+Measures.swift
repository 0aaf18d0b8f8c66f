internal import SpaneBuffers

extension Cluster {
    /// The share of a NUMA node that is left, by its scarcer resource: min(cpu / capacity, mem / capacity), 0 ... 1.
    func remaining(atNode index: Int) -> Double {
        let server = index / NUMATopology.nodesPerServer
        let base = index * Self.valuesPerNode
        return min(
            free[base] / capacity[server * Self.valuesPerNode],
            free[base + 1] / capacity[server * Self.valuesPerNode + 1]
        )
    }

    /// How evenly the NUMA nodes of all servers are used: minus the sum over servers and resources of the difference
    /// between the fullest and the emptiest node, as a share of a node's capacity. 0 is perfectly even.
    ///
    /// - Complexity: O(servers).
    public var balance: Double {
        var imbalance = 0.0
        for server in 0..<serverCount {
            for resource in 0..<Self.valuesPerNode {
                var least = Double.infinity
                var most = -Double.infinity
                for node in 0..<NUMATopology.nodesPerServer {
                    let value = free[server * Self.valuesPerServer + node * Self.valuesPerNode + resource]
                    least = min(least, value)
                    most = max(most, value)
                }
                imbalance += (most - least) / capacity[server * Self.valuesPerNode + resource]
            }
        }
        return -imbalance
    }
}
