internal import SpaneScheduling

extension Architecture {
    /// The bytes that a session of such a network takes on so many servers: at least as much, and not much more.
    ///
    /// - Parameter nodes: the most NUMA nodes that a server has.
    package func sessionBytes(servers: Int, nodes: Int = NUMATopology.nodesPerServer) -> Int {
        let float = MemoryLayout<Float>.stride
        // Rows of one layer at a time; no row is longer than there are parameters, and those of wide layers are many.
        let scratch = (1 << 18) + 8 * parameterCount * float
        switch self {
        case .spane(let network):
            // Server embeddings, what the first advantage layer makes of them, what is left and where it stands in lists.
            let row = (Linear.padded(network.server.width) + network.advantage.width) * float + 96
            return scratch + (servers + Shortlists.places) * row
        case .afterstate(let network):
            let row = NUMATopology.nodesPerServer * Linear.padded(network.parts.server.width) * float
            return scratch + servers * (row + 64)
        case .mlp(let network):
            return scratch + 4 * (network.inputs + network.actions) * float
        case .potential(let network):
            let memo = max(ScoreCache.bytes, GeneralPotentialScorer.bytes(network, nodes: nodes))
            return scratch + memo + ScoreIndex.bytes(servers: servers) + servers * 32
        }
    }

    /// The bytes that loading such a network takes: its parameters as they are read, in a row, and laid out for kernels.
    package var modelBytes: Int { (1 << 18) + 8 * parameterCount * MemoryLayout<Float>.stride }
}
