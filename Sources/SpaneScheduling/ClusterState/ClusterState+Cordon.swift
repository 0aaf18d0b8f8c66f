internal import SpaneBuffers

extension ClusterState {
    /// Whether the server is out of placement.
    @inline(__always)
    public func isCordoned(_ server: Int) -> Bool {
        require(server)
        return details[server].isCordoned
    }

    /// Takes a server out of placement: nothing fits there, and policies decide as if it were not there.
    ///
    /// - Complexity: O(1), O(servers) for the first one.
    package mutating func cordon(_ server: Int) {
        guard !isCordoned(server) else { return }
        if particulars.shelved.count == 0 { particulars.shelved = FlatBuffer(repeating: 0, count: free.count) }
        let first = server * valuesPerServer
        for index in first..<first + valuesPerServer {
            particulars.shelved[index] = free[index]
            free[index] = -1
        }
        details[server].isCordoned = true
        journal.record(server: server)
    }

    /// Puts a server back into placement.
    ///
    /// - Complexity: O(1).
    package mutating func uncordon(_ server: Int) {
        guard isCordoned(server) else { return }
        let first = server * valuesPerServer
        for index in first..<first + valuesPerServer { free[index] = particulars.shelved[index] }
        details[server].isCordoned = false
        journal.record(server: server)
    }

    /// Sets what a NUMA node has left of cores and memory.
    package mutating func setFree(_ amount: Resources, server: Int, node: Int) {
        let base = server * valuesPerServer + node * valuesPerNode
        write(Grid.demand(amount.cpu), at: base, of: server)
        write(Grid.demand(amount.mem), at: base + 1, of: server)
        journal.record(server: server)
    }

    /// Writes what a node of a server really has left.
    mutating func write(_ steps: Double, at index: Int, of server: Int) {
        if isCordoned(server) { particulars.shelved[index] = steps } else { free[index] = steps }
    }
}
