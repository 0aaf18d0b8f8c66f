internal import SpaneBuffers

extension ClusterState {
    /// Becomes what another cluster is now, from what it was at a revision of that one.
    ///
    /// - Parameter seen: the revision up to which this is a copy of it.
    /// - Returns: false where it must be copied anew, as servers came or went.
    /// - Complexity: O(changes).
    mutating func follow(_ other: borrowing ClusterState, since seen: UInt64) -> Bool {
        guard seen >= other.oldestRevision, serverCount == other.serverCount else { return false }
        var last = -1
        for revision in seen..<other.revision {
            let server = other.server(changedAt: revision)
            if server != last { adopt(server, from: other) }
            last = server
        }
        return true
    }

    private mutating func adopt(_ server: Int, from other: borrowing ClusterState) {
        let first = server &* valuesPerServer
        for index in first..<first + valuesPerServer { free[index] = other.free[index] }
        if other.particulars.shelved.count > 0 {
            if particulars.shelved.count == 0 { particulars.shelved = FlatBuffer(repeating: 0, count: free.count) }
            for index in first..<first + valuesPerServer {
                particulars.shelved[index] = other.particulars.shelved[index]
            }
        }
        let shared = layout.serverResources.count
        for index in server * shared..<(server + 1) * shared {
            particulars.sharedFree[index] = other.particulars.sharedFree[index]
        }
        details[server] = other.details[server]
        journal.record(server: server)
    }
}
