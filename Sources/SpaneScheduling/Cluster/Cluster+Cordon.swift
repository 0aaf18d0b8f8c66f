internal import SpaneBuffers

extension Cluster {
    /// Whether the server is out of placement.
    public func isCordoned(_ server: Int) -> Bool { free[server * Self.valuesPerServer] < 0 }

    /// Takes a server out of placement: nothing fits there, and policies decide as if it were not there.
    ///
    /// - Complexity: O(1), O(servers) for the first one.
    package mutating func cordon(_ server: Int) {
        guard !isCordoned(server) else { return }
        if shelved.count == 0 { shelved = FlatBuffer(repeating: 0, count: free.count) }
        let first = server * Self.valuesPerServer
        for index in first..<first + Self.valuesPerServer {
            shelved[index] = free[index]
            free[index] = -1
        }
        journal.record(server: server)
    }

    /// Puts a server back into placement.
    ///
    /// - Complexity: O(1).
    package mutating func uncordon(_ server: Int) {
        guard isCordoned(server) else { return }
        let first = server * Self.valuesPerServer
        for index in first..<first + Self.valuesPerServer { free[index] = shelved[index] }
        journal.record(server: server)
    }

    /// Sets what a NUMA node has left.
    package mutating func setFree(_ amount: Resources, server: Int, node: Int) {
        write(amount, server: server, node: node)
        journal.record(server: server)
    }

    func write(_ amount: Resources, server: Int, node: Int) {
        let base = server * Self.valuesPerServer + node * Self.valuesPerNode
        if shelved.count > 0, isCordoned(server) {
            shelved[base] = amount.cpu
            shelved[base + 1] = amount.mem
        } else {
            free[base] = amount.cpu
            free[base + 1] = amount.mem
        }
    }
}
