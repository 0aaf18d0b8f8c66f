internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The servers of a cluster as a SPANE network sees them: what each has left, its embedding, and its part of the first
/// advantage layer.
///
/// The table is brought up to date server by server. What it holds depends on the state of the cluster alone. A server
/// that is cordoned is as good as not there.
@safe
final class ServerTable {
    let shape: ClusterShape
    /// Server i stands in place i.
    let blocks: PackedServers

    private let normalisation: Normalisation
    private let pool: EmbeddingPool
    private var seenRevision: UInt64 = 0
    private var isPoolWritten = false
    // What a block has left, [node][cpu, mem][lane], in steps and relative to the units.
    private let steps: FlatBuffer<Double>
    private let units: FlatBuffer<Float>
    private let features: FlatBuffer<Float>
    private let scratch: FlatBuffer<Float>
    // One element, so that the kernel has its address; it points into `layers` and `scratch`.
    private let embedder: FlatBuffer<kernel_embedder>
    private let layers: SpaneLayers

    init(_ layers: SpaneLayers, _ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) {
        self.shape = shape
        self.layers = layers
        self.normalisation = normalisation
        pool = try EmbeddingPool(
            layers,
            serverCount: shape.serverCount,
            input: shape.largestInput(normalisation)
        )
        blocks = PackedServers(places: shape.serverCount, hidden: layers.architecture.advantage.width)
        steps = FlatBuffer(repeating: -.infinity, count: PackedServers.roomPerBlock)
        units = FlatBuffer([normalisation.cpu, normalisation.mem])
        features = FlatBuffer(repeating: 0, count: PackedServers.roomPerBlock)
        let widest = max(layers.server.widest, layers.advantageOfServer.paddedOutputs)
        scratch = FlatBuffer(repeating: 0, count: 2 * PackedServers.lanes * widest)
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

    /// Looks at all servers again when it next follows, since it may be another cluster.
    func forgetCluster() { seenRevision = 0 }

    /// Takes over what changed in the cluster, and tells `shortlists` of it.
    ///
    /// - Complexity: O(1) for each change since the last call.
    func follow(_ cluster: borrowing ClusterState, telling shortlists: Shortlists?) {
        let revision = cluster.revision
        if seenRevision < cluster.oldestRevision {
            shortlists?.forgetServers()
            for block in 0..<blocks.count { update(block: block, of: cluster, telling: shortlists) }
        } else {
            var seen = seenRevision
            while seen < revision {
                let server = cluster.server(changedAt: seen)
                if update(server, of: cluster) {
                    shortlists?.noteChanges(in: server / PackedServers.lanes, 1 << UInt8(server % PackedServers.lanes))
                }
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

    /// Looks at all servers of a block at once.
    private func update(block: Int, of cluster: borrowing ClusterState, telling shortlists: Shortlists?) {
        let first = block * PackedServers.lanes
        unsafe cluster.writeOfferedSteps(from: first, count: PackedServers.lanes, to: steps.base)
        let look = blocks.look(block, steps: steps, units: units, features: features)
        guard look.changed != 0 else { return }
        isPoolWritten = false
        let embeddings: UnsafePointer<Float> = unsafe kernel_embed_block(
            embedder.base,
            features.base,
            blocks.part(first)
        )
        unsafe pool.update(block: block, to: embeddings, look)
        shortlists?.noteChanges(in: block, look.changed)
    }

    /// Returns whether the server is another than when it was last looked at.
    @inline(__always)
    private func update(_ server: Int, of cluster: borrowing ClusterState) -> Bool {
        let wasPresent = blocks.isPresent(server)
        let isCordoned = cluster.isCordoned(server)
        let none = Resources(cpu: -.infinity, mem: -.infinity)
        var hasChanged = false
        for node in 0..<NUMATopology.nodesPerServer {
            let left = isCordoned ? none : cluster.offered(server: server, node: node)
            let isOther = blocks.setRoom(left, place: server, node: node)
            hasChanged = hasChanged || isOther
            // Where more runs than there is room for, nothing is left.
            features[2 * node] = Float(max(0, left.cpu)) / normalisation.cpu
            features[2 * node + 1] = Float(max(0, left.mem)) / normalisation.mem
        }
        // A server that gave and took the same since the last decision is named twice and is as it was.
        guard hasChanged else { return false }
        isPoolWritten = false
        guard blocks.isPresent(server) else {
            if wasPresent { pool.remove(server: server) }
            return true
        }
        let embedding: UnsafePointer<Float> = unsafe kernel_embed(embedder.base, features.base, blocks.part(server))
        if wasPresent {
            unsafe pool.update(server: server, to: embedding)
        } else {
            unsafe pool.add(server: server, embedding)
        }
        return true
    }
}
