internal import SpaneScheduling

extension Architecture {
    /// The bytes that a session of such a network takes on so many servers: at least as much, and not much more.
    ///
    /// - Parameter nodes: the most NUMA nodes that a server has.
    package func sessionBytes(servers: Int, nodes: Int = NUMATopology.nodesPerServer) -> Int {
        // Rows of one layer at a time; no row is longer than there are parameters, and those of wide layers are many.
        let scratch = (1 << 18) + 8 * parameterCount * MemoryLayout<Float>.stride
        return scratch + network.sessionBytes(servers: servers, nodes: nodes)
    }

    /// The bytes that loading such a network takes: its parameters as they are read, in a row, and laid out for kernels.
    package var modelBytes: Int { (1 << 18) + 8 * parameterCount * MemoryLayout<Float>.stride }
}
