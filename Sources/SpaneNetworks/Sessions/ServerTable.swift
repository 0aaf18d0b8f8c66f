internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The servers of a cluster as a SPANE network sees them: what each has left, its embedding, and its part of the first
/// advantage layer, in blocks of servers for the kernels.
///
/// The table is brought up to date server by server. What it holds depends on the state of the cluster alone. A server
/// that is cordoned is as good as not there.
@safe
final class ServerTable {
    let shape: ClusterShape
    let blockCount: Int
    // [block][node][cpu, mem][lane]; -1 where there is no server, or none that may be used.
    private let room: FlatBuffer<Double>
    // As `room`, rounded up to floats.
    private let looseRoom: FlatBuffer<Float>
    // [block][cpu, mem]: the most that any node of the block has left, which tells blocks that are full.
    private let mostRoom: FlatBuffer<Double>
    // The three as the kernels see them.
    let kernelRoom: FlatBuffer<kernel_room>
    // [group][hidden unit][server of the group]
    let fixed: FlatBuffer<Float>

    private let layers: SpaneLayers
    private let normalisation: Normalisation
    private let hidden: Int
    private let pool: EmbeddingPool
    private var seenRevision: UInt64 = 0
    private var isPoolWritten = false
    private let features: FlatBuffer<Float>
    private let scratch: FlatBuffer<Float>
    // One element, so that the kernel has its address; it points into `layers` and `scratch`.
    private let embedder: FlatBuffer<kernel_embedder>

    static let lanes = Int(KERNEL_LANES)
    static let group = Int(KERNEL_GROUP)
    static let roomPerBlock = NUMATopology.nodesPerServer * 2 * lanes

    init(_ layers: SpaneLayers, _ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) {
        precondition(NUMATopology.nodesPerServer == Int(KERNEL_NODES), "the kernels are made for \(KERNEL_NODES) nodes")
        self.shape = shape
        self.layers = layers
        self.normalisation = normalisation
        blockCount = (shape.serverCount + Self.lanes - 1) / Self.lanes
        hidden = layers.architecture.advantage.width
        pool = try EmbeddingPool(
            layers,
            serverCount: shape.serverCount,
            input: shape.largestInput(normalisation)
        )
        room = FlatBuffer(repeating: -1, count: blockCount * Self.roomPerBlock)
        looseRoom = FlatBuffer(repeating: -1, count: blockCount * Self.roomPerBlock)
        mostRoom = FlatBuffer(repeating: -1, count: blockCount * 2)
        unsafe kernelRoom = FlatBuffer([kernel_room(exact: room.base, loose: looseRoom.base, most: mostRoom.base)])
        let groupCount = (shape.serverCount + Self.group - 1) / Self.group
        fixed = FlatBuffer(repeating: 0, count: groupCount * Self.group * hidden)
        features = FlatBuffer(repeating: 0, count: SpaneArchitecture.serverInputs)
        let widest = max(layers.server.widest, layers.advantageOfServer.paddedOutputs)
        scratch = FlatBuffer(repeating: 0, count: 2 * widest)
        unsafe embedder = FlatBuffer([
            kernel_embedder(
                layers: layers.server.kernels.base,
                layer_count: layers.server.kernels.count,
                part: layers.advantageOfServer.kernel,
                scratch: scratch.base,
                widest: widest
            )
        ])
    }

    /// The servers that are not cordoned.
    var presentCount: Int { pool.presentCount }

    /// Whether a server is there and not cordoned.
    func isPresent(_ server: Int) -> Bool { room[roomIndex(server)] >= 0 }

    /// Looks at all servers again when it next follows, since it may be another cluster.
    func forgetCluster() { seenRevision = 0 }

    /// Takes over what changed in the cluster.
    ///
    /// - Complexity: O(1) for each change since the last call.
    func follow(_ cluster: borrowing Cluster) {
        let revision = cluster.revision
        if seenRevision < cluster.oldestRevision {
            for server in 0..<shape.serverCount { update(server, of: cluster) }
        } else {
            var seen = seenRevision
            while seen < revision {
                update(cluster.server(changedAt: seen), of: cluster)
                seen += 1
            }
        }
        seenRevision = revision
    }

    /// Writes the cluster embedding if it changed since the last call.
    func writePool(to output: UnsafeMutablePointer<Float>) {
        guard !isPoolWritten else { return }
        unsafe pool.write(to: output)
        isPoolWritten = true
    }

    private func roomIndex(_ server: Int) -> Int {
        let (block, lane) = server.quotientAndRemainder(dividingBy: Self.lanes)
        return block * Self.roomPerBlock + lane
    }

    private func update(_ server: Int, of cluster: borrowing Cluster) {
        let first = roomIndex(server)
        let wasPresent = room[first] >= 0
        var hasChanged = false
        for node in 0..<NUMATopology.nodesPerServer {
            let left = cluster.offered(server: server, node: node)
            let index = first + 2 * node * Self.lanes
            hasChanged = hasChanged || room[index] != left.cpu || room[index + Self.lanes] != left.mem
            room[index] = left.cpu
            room[index + Self.lanes] = left.mem
            looseRoom[index] = left.cpu.roundedUp
            looseRoom[index + Self.lanes] = left.mem.roundedUp
            features[2 * node] = Float(left.cpu) / normalisation.cpu
            features[2 * node + 1] = Float(left.mem) / normalisation.mem
        }
        // A server that gave and took the same since the last decision is named twice and is as it was.
        guard hasChanged else { return }
        isPoolWritten = false
        updateMostRoom(server / Self.lanes)
        guard room[first] >= 0 else {
            if wasPresent { pool.remove(server: server) }
            return
        }
        let (group, place) = server.quotientAndRemainder(dividingBy: Self.group)
        let to = unsafe fixed.base + (group * Self.group * hidden + place)
        let embedding: UnsafePointer<Float> = unsafe kernel_embed(embedder.base, features.base, to)
        if wasPresent {
            unsafe pool.update(server: server, to: embedding)
        } else {
            unsafe pool.add(server: server, embedding)
        }
    }

    private func updateMostRoom(_ block: Int) {
        var (cpu, mem) = (-1.0, -1.0)
        for node in 0..<NUMATopology.nodesPerServer {
            let first = block * Self.roomPerBlock + 2 * node * Self.lanes
            for lane in first..<first + Self.lanes {
                cpu = max(cpu, room[lane])
                mem = max(mem, room[lane + Self.lanes])
            }
        }
        mostRoom[2 * block] = cpu
        mostRoom[2 * block + 1] = mem
    }
}

extension Double {
    /// The least float that is not below.
    fileprivate var roundedUp: Float {
        let near = Float(self)
        return Double(near) < self ? near.nextUp : near
    }
}
