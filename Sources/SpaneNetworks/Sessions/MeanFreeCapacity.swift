internal import SpaneBuffers
internal import SpaneScheduling

/// How much the NUMA nodes of a cluster have left on average, in steps that few events change.
struct MeanFreeCapacity: Equatable {
    /// Steps to the capacity of a node.
    static let steps = 32

    /// Steps of cores and of memory.
    var cpu = 0
    var mem = 0

    /// Both in one number.
    var bits: UInt64 { UInt64(truncatingIfNeeded: cpu) << 32 | UInt64(UInt32(truncatingIfNeeded: mem)) }
}

/// Follows the level of a cluster by its journal, exactly: it does not matter what was seen before.
@safe
final class MeanFreeCapacityFollower {
    // What a server has left is counted in these parts of a core or a GB: whole numbers, whose sum over the most servers
    // fits into 64 bits, as what two nodes of the largest size have is the most that counts of one server.
    private static let partsPerUnit = 1024.0
    private static let most = 2 * Resources.largest

    private struct Part: BitwiseCopyable {
        var cpu: Int64 = 0
        var mem: Int64 = 0
        var nodes = 0
    }

    private let normalisation: Normalisation
    // [server]: what all of its nodes have together, and how many they are: none on a cordoned server.
    private var parts: FlatBuffer<Part>
    private var sum: (cpu: Int64, mem: Int64) = (0, 0)
    private var nodes = 0
    private var seenRevision: UInt64 = 0

    init(_ normalisation: Normalisation, servers: Int) {
        self.normalisation = normalisation
        parts = FlatBuffer(repeating: Part(), count: servers)
    }

    /// Forgets the cluster that it followed.
    func begin() { seenRevision = 0 }

    /// Expects another number of servers.
    func adapt(servers: Int) {
        parts = FlatBuffer(repeating: Part(), count: servers)
        (sum, nodes) = ((0, 0), 0)
        begin()
    }

    /// The level of the cluster as it is now; 0 without any server that is not cordoned.
    ///
    /// - Complexity: O(changes since the last call), O(servers) at first.
    func level(of cluster: borrowing ClusterState) -> MeanFreeCapacity {
        // What was known of a server is taken away first, whichever cluster it was of.
        cluster.forEachServer(changedSince: &seenRevision) { update($0, cluster) }
        guard nodes > 0 else { return MeanFreeCapacity() }
        return MeanFreeCapacity(cpu: steps(sum.cpu, normalisation.cpu), mem: steps(sum.mem, normalisation.mem))
    }

    private func steps(_ sum: Int64, _ unit: Float) -> Int {
        let mean = Double(sum) / Self.partsPerUnit / Double(nodes)
        // Any number of steps up to this is exact as an input.
        return Int(min(max((mean / Double(unit) * Double(MeanFreeCapacity.steps)).rounded(), -16_777_216), 16_777_216))
    }

    private func update(_ server: Int, _ cluster: borrowing ClusterState) {
        let (old, new) = (parts[server], part(server, cluster))
        sum.cpu += new.cpu - old.cpu
        sum.mem += new.mem - old.mem
        nodes += new.nodes - old.nodes
        parts[server] = new
    }

    private func part(_ server: Int, _ cluster: borrowing ClusterState) -> Part {
        let count = cluster.nodeCount(of: server)
        guard !cluster.isCordoned(server) else { return Part() }
        // Sums of whole steps do not depend on the order of the nodes.
        var sum = Resources(cpu: 0, mem: 0)
        if count == NUMATopology.nodesPerServer {
            // As the shipped networks were trained.
            let (first, second) = (cluster.offered(server: server, node: 0), cluster.offered(server: server, node: 1))
            sum = Resources(cpu: first.cpu + second.cpu, mem: first.mem + second.mem)
        } else {
            for node in 0..<count {
                let left = cluster.offeredSteps(server: server, node: node)
                sum = Resources(cpu: sum.cpu + left.cpu, mem: sum.mem + left.mem)
            }
            sum = Resources(cpu: Grid.amount(sum.cpu), mem: Grid.amount(sum.mem))
        }
        return Part(cpu: parts(sum.cpu), mem: parts(sum.mem), nodes: count)
    }

    @inline(__always)
    private func parts(_ amount: Double) -> Int64 {
        Int64(min(max(amount, -Self.most), Self.most) * Self.partsPerUnit)
    }
}
