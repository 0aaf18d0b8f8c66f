internal import SpaneBuffers
internal import SpaneScheduling

/// How much the NUMA nodes of a cluster have left on average, in steps that few events change.
struct ClusterLevel: Equatable {
    /// Steps to the capacity of a node.
    static let steps = 32

    /// Steps of cores and of memory.
    var cpu = 0
    var mem = 0
}

/// Follows the level of a cluster by its journal, exactly: it does not matter what was seen before.
@safe
final class ClusterLevelFollower {
    // What a server has left is counted in these parts of a core or a GB: whole numbers, whose sum over the most servers
    // of the largest size fits into 64 bits.
    private static let parts = 1024.0

    private let normalisation: Normalisation
    // [server][cpu, mem] of both nodes together; -1 on a cordoned server.
    private var amounts: FlatBuffer<Int64>
    private var sum: (cpu: Int64, mem: Int64) = (0, 0)
    private var nodes = 0
    private var seenRevision: UInt64 = 0

    init(_ normalisation: Normalisation, servers: Int) {
        self.normalisation = normalisation
        amounts = FlatBuffer(repeating: -1, count: 2 * servers)
    }

    /// Forgets the cluster that it followed.
    func begin() { seenRevision = 0 }

    /// Expects another number of servers.
    func adapt(servers: Int) {
        amounts = FlatBuffer(repeating: -1, count: 2 * servers)
        (sum, nodes) = ((0, 0), 0)
        begin()
    }

    /// The level of the cluster as it is now; 0 without any server that is not cordoned.
    ///
    /// - Complexity: O(changes since the last call), O(servers) at first.
    func level(of cluster: borrowing Cluster) -> ClusterLevel {
        // What was known of a server is taken away first, whichever cluster it was of.
        cluster.forEachServer(changedSince: &seenRevision) { update($0, cluster) }
        guard nodes > 0 else { return ClusterLevel() }
        return ClusterLevel(cpu: steps(sum.cpu, normalisation.cpu), mem: steps(sum.mem, normalisation.mem))
    }

    private func steps(_ sum: Int64, _ unit: Float) -> Int {
        let mean = Double(sum) / Self.parts / Double(nodes)
        // Any number of steps up to this is exact as an input.
        return Int(min((mean / Double(unit) * Double(ClusterLevel.steps)).rounded(), 16_777_216))
    }

    private func update(_ server: Int, _ cluster: borrowing Cluster) {
        let (first, second) = (cluster.offered(server: server, node: 0), cluster.offered(server: server, node: 1))
        let isCordoned = first.cpu < 0
        let cpu = isCordoned ? -1 : Int64((first.cpu + second.cpu) * Self.parts)
        let mem = isCordoned ? -1 : Int64((first.mem + second.mem) * Self.parts)
        if amounts[2 * server] >= 0 {
            sum.cpu -= amounts[2 * server]
            sum.mem -= amounts[2 * server + 1]
            nodes -= NUMATopology.nodesPerServer
        }
        if !isCordoned {
            sum.cpu += cpu
            sum.mem += mem
            nodes += NUMATopology.nodesPerServer
        }
        amounts[2 * server] = cpu
        amounts[2 * server + 1] = mem
    }
}
