internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``SpaneArchitecture``.
///
/// One event touches one server, so a session keeps what does not change: every server's embedding, its part of the
/// first advantage layer, and the pooled embedding. A decision updates the servers that the cluster's journal names and
/// then scores blocks of servers, skipping those without room. Scores depend on the state of the cluster alone, bit for
/// bit: not on the history, the order of servers or the instruction set.
@safe
final class SpaneSession: ScoringPolicy {
    private let layers: SpaneLayers
    private let normalisation: Normalisation
    private let serverCount: Int
    private let blockCount: Int
    private let hidden: Int
    private let pool: EmbeddingPool
    private let advantageGrid: FixedPoint
    private var head: spane_head

    private var seenRevision: UInt64 = 0
    private var isBuilt = false
    private var isPoolWritten = false

    // Per block of servers: what is left, and the server's part of the first advantage layer.
    private let room: FlatBuffer<Double>
    private let fixed: FlatBuffer<Float>

    private let features: FlatBuffer<Float>
    private let sharedInput: FlatBuffer<Float>
    private let shared: FlatBuffer<Float>
    private let serverPart: FlatBuffer<Float>
    private let advantages: FlatBuffer<Float>
    private let serverScratch: FlatBuffer<Float>
    private let valueScratch: FlatBuffer<Float>
    private let headScratch: FlatBuffer<Float>

    private static let lanes = Int(SPANE_LANES)
    private static let roomPerBlock = NUMATopology.nodesPerServer * 2 * lanes

    init(
        _ layers: SpaneLayers,
        _ normalisation: Normalisation,
        _ configuration: ClusterConfiguration
    ) throws(NetworkError) {
        precondition(NUMATopology.nodesPerServer == Int(SPANE_NODES), "the kernels are made for \(SPANE_NODES) nodes")
        self.layers = layers
        self.normalisation = normalisation
        serverCount = configuration.serverCount
        blockCount = (serverCount + Self.lanes - 1) / Self.lanes
        hidden = layers.architecture.advantage.width
        let input = normalisation.largestInput(of: configuration)
        pool = try EmbeddingPool(layers, serverCount: serverCount, input: input)
        advantageGrid = try FixedPoint(
            bound: layers.advantageBound(input: input),
            count: configuration.actionCount,
            name: "the advantage"
        )
        room = FlatBuffer(repeating: -1, count: blockCount * Self.roomPerBlock)
        fixed = FlatBuffer(repeating: 0, count: blockCount * Self.lanes * hidden)
        features = FlatBuffer(repeating: 0, count: SpaneArchitecture.serverInputs)
        sharedInput = FlatBuffer(
            repeating: 0,
            count: layers.architecture.clusterWidth + SpaneArchitecture.requestInputs
        )
        shared = FlatBuffer(repeating: 0, count: layers.advantageOfShared.paddedOutputs)
        serverPart = FlatBuffer(repeating: 0, count: layers.advantageOfServer.paddedOutputs)
        advantages = FlatBuffer(repeating: 0, count: blockCount * Self.lanes * NUMATopology.nodesPerServer)
        serverScratch = layers.server.makeScratch()
        valueScratch = layers.value.makeScratch()
        let widest = max(hidden, layers.advantage.widest)
        headScratch = FlatBuffer(repeating: 0, count: 2 * Self.lanes * widest)
        unsafe head = spane_head(
            layers: layers.advantage.kernels.base,
            layer_count: layers.advantage.kernels.count,
            hidden: hidden,
            scratch: headScratch.base
        )
    }

    func begin(start: Int, on cluster: borrowing Cluster) { seenRevision = 0 }

    func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        follow(cluster)
        writeShared(request)
        let demand = request.demandPerNode
        let chosen = unsafe withUnsafePointer(to: &head) { head in
            unsafe spane_choose(
                head,
                fixed.base,
                shared.base,
                room.base,
                blockCount,
                demand.cpu,
                demand.mem,
                request.isSplit ? 1 : 0
            )
        }
        if chosen >= 0 { return Action(rawValue: chosen) }
        return chosen == -1 ? nil : cluster.firstAvailable(for: request)
    }

    func writeScores(for request: Request, on cluster: borrowing Cluster, into scores: inout MutableSpan<Float>) {
        precondition(scores.count >= cluster.actionCount, "there is room for fewer than \(cluster.actionCount) scores")
        follow(cluster)
        writeShared(request)
        unsafe withUnsafePointer(to: &head) { head in
            unsafe spane_advantages(head, fixed.base, shared.base, blockCount, advantages.base)
        }
        let value = unsafe layers.value.apply(sharedInput.base, valueScratch)[0]
        var steps: Int64 = 0
        for action in 0..<cluster.actionCount { steps += advantageGrid.steps(advantages[action]) }
        let mean = Float(Double(steps) / Double(cluster.actionCount) * advantageGrid.inverse)
        let base = value - mean
        for action in 0..<cluster.actionCount { scores[action] = base + advantages[action] }
    }

    // MARK: Following the cluster

    private func follow(_ cluster: borrowing Cluster) {
        precondition(cluster.serverCount == serverCount, "the session is bound to \(serverCount) servers")
        let revision = cluster.revision
        if seenRevision < cluster.oldestRevision {
            for server in 0..<serverCount { update(server, of: cluster) }
            isBuilt = true
        } else {
            var seen = seenRevision
            while seen < revision {
                update(cluster.server(changedAt: seen), of: cluster)
                seen += 1
            }
        }
        seenRevision = revision
    }

    private func update(_ server: Int, of cluster: borrowing Cluster) {
        let (block, lane) = server.quotientAndRemainder(dividingBy: Self.lanes)
        var hasChanged = false
        for node in 0..<NUMATopology.nodesPerServer {
            let left = cluster.free(server: server, node: node)
            let index = block * Self.roomPerBlock + 2 * node * Self.lanes + lane
            hasChanged = hasChanged || room[index] != left.cpu || room[index + Self.lanes] != left.mem
            room[index] = left.cpu
            room[index + Self.lanes] = left.mem
            features[2 * node] = Float(left.cpu) / normalisation.cpu
            features[2 * node + 1] = Float(left.mem) / normalisation.mem
        }
        // A server that gave and took the same since the last decision is named twice and is as it was.
        guard hasChanged else { return }
        let embedding = unsafe layers.server.apply(features.base, serverScratch)
        if isBuilt {
            unsafe pool.update(server: server, to: embedding)
        } else {
            unsafe pool.add(server: server, embedding)
        }
        isPoolWritten = false
        unsafe layers.advantageOfServer.apply(embedding, to: serverPart.base)
        let first = block * Self.lanes * hidden + lane
        for unit in 0..<hidden { fixed[first + unit * Self.lanes] = serverPart[unit] }
    }

    /// The part of the first advantage layer that all servers share.
    private func writeShared(_ request: Request) {
        if !isPoolWritten {
            unsafe pool.write(to: sharedInput.base)
            isPoolWritten = true
        }
        unsafe normalisation.write(request, to: sharedInput.base + layers.architecture.clusterWidth)
        unsafe layers.advantageOfShared.apply(sharedInput.base, to: shared.base)
    }
}

extension Normalisation {
    /// The largest input that a cluster of this configuration can give.
    fileprivate func largestInput(of configuration: ClusterConfiguration) -> Double {
        configuration.nodeCapacities.reduce(1) { max($0, $1.cpu / Double(cpu), $1.mem / Double(mem)) }
    }
}
