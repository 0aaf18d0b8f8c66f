internal import SpaneBuffers
internal import SpaneSystem

/// When each server was last another than before, for those that fell so far behind a cluster's journal that it says no more.
///
/// VMs that leave and come back, as all of a rack do when it is restarted, make more changes than the journal keeps and leave
/// servers as they were.
@safe
final class ServerStates {
    private var cluster: (journal: UInt64, servers: Int, values: Int)?
    // [server][value]: what it had left when it was last looked at.
    private var known = FlatBuffer<Double>(repeating: 0, count: 0)
    // [server]: the revision of the cluster at which it was first seen as it is.
    private var stamps = FlatBuffer<UInt64>(repeating: 0, count: 0)
    private var seen: UInt64 = 0
    // The revision from which on changes are known.
    private var first: UInt64 = 0

    /// Among fewer servers looking at all of them again is nothing.
    private static let fewServers = 1024

    /// The bytes that it takes.
    static func bytes(servers: Int, values: Int = 4) -> Int {
        servers < fewServers ? 0 : servers * (values * MemoryLayout<Double>.stride + MemoryLayout<UInt64>.stride)
    }

    /// Forgets the cluster.
    func forget() { cluster = nil }

    /// Whether it can tell what has changed since a revision at which it followed.
    func knows(since revision: UInt64) -> Bool { cluster != nil && revision >= first }

    /// Whether a server is another than it was at a revision at which it followed, or was another in between.
    @inline(__always)
    func hasChanged(_ server: Int, since revision: UInt64) -> Bool { stamps[server] > revision }

    /// Takes in the changes of a cluster; it is to be called at every decision.
    ///
    /// - Complexity: O(changes), O(servers) where the journal no longer says what has changed.
    func follow(_ cluster: borrowing ClusterState) {
        let servers = cluster.serverCount
        guard servers >= Self.fewServers else { return }
        let values = cluster.stateValueCount
        let isSame = self.cluster.map { $0 == (cluster.journalIdentity, servers, values) } ?? false
        guard isSame, seen >= cluster.oldestReset else { return begin(cluster) }
        if seen < cluster.oldestRevision {
            for server in 0..<servers { look(server, of: cluster) }
        } else {
            for revision in seen..<cluster.revision { look(cluster.server(changedAt: revision), of: cluster) }
        }
        seen = cluster.revision
    }

    private func begin(_ cluster: borrowing ClusterState) {
        let (servers, values) = (cluster.serverCount, cluster.stateValueCount)
        self.cluster = nil
        if known.count != servers * values || stamps.count != servers {
            do { try Memory.check(bytes: Self.bytes(servers: servers, values: values), for: "states of servers") } catch
            { return }
            known = FlatBuffer(repeating: .nan, count: servers * values)
            stamps = FlatBuffer(repeating: 0, count: servers)
        }
        self.cluster = (cluster.journalIdentity, servers, values)
        (first, seen) = (cluster.revision, cluster.revision)
        for server in 0..<servers { look(server, of: cluster) }
    }

    @inline(__always)
    private func look(_ server: Int, of cluster: borrowing ClusterState) {
        let values = cluster.stateValueCount
        var hasChanged = false
        for value in 0..<values {
            let now = cluster.stateValue(server, value)
            hasChanged = hasChanged || known[server * values + value] != now
            known[server * values + value] = now
        }
        if hasChanged { stamps[server] = cluster.revision }
    }
}
