internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with an ``AfterstateArchitecture``.
///
/// The pooled embeddings follow the cluster's journal; what placements would leave is embedded and scored in batches,
/// for those servers only that have room. Scores depend on the state of the cluster alone, bit for bit: not on the
/// history, the order of servers or of their nodes, or the instruction set.
@safe
final class AfterstateSession: ScoringPolicy {
    private let layers: AfterstateLayers
    private let normalisation: Normalisation
    private let clusterWidth: Int
    private var state: State

    // [pooled embeddings, request], and what all placements share of the first advantage layer.
    private let sharedInput: FlatBuffer<Float>
    private let shared: FlatBuffer<Float>
    private let server: FlatBuffer<Float>
    private let serverScratch: FlatBuffer<Float>
    private let valueScratch: FlatBuffer<Float>
    // [cpu, mem of each node][column]: each placement in both orders of the nodes.
    private let input: FlatBuffer<Float>
    private let embeddingScratch: FlatBuffer<Float>
    private let hiddenScratch: FlatBuffer<Float>
    private let advantageScratch: FlatBuffer<Float>
    private let placements: FlatBuffer<Action>

    private static let orders = NUMATopology.nodesPerServer
    private static let batch = 32
    private static let columns = batch * orders

    /// What depends on the number and the sizes of the servers.
    private final class State {
        let shape: ClusterShape
        let pool: EmbeddingPool
        let grid: FixedPoint
        // [server][node][cpu, mem] as pooled; -1 where the server is not.
        let known: FlatBuffer<Double>
        var seenRevision: UInt64 = 0

        init(_ layers: SpaneLayers, _ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) {
            let input = shape.largestInput(normalisation)
            let bounds = layers.bounds(input: input)
            _ = try FixedPoint(bound: bounds.anything, name: "a value inside the network")
            grid = try FixedPoint(bound: Double(AfterstateSession.orders) * bounds.advantage, name: "the advantage")
            pool = try EmbeddingPool(
                layers,
                serverCount: shape.serverCount * AfterstateSession.orders,
                input: input
            )
            self.shape = shape
            known = FlatBuffer(repeating: -1, count: shape.serverCount * SpaneArchitecture.serverInputs)
        }
    }

    init(_ layers: AfterstateLayers, _ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) {
        self.layers = layers
        self.normalisation = normalisation
        let parts = layers.parts
        state = try State(parts, normalisation, shape)
        clusterWidth = parts.architecture.clusterWidth
        sharedInput = FlatBuffer(repeating: 0, count: clusterWidth + SpaneArchitecture.requestInputs)
        shared = FlatBuffer(repeating: 0, count: parts.advantageOfShared.paddedOutputs)
        server = FlatBuffer(repeating: 0, count: SpaneArchitecture.serverInputs)
        serverScratch = parts.server.makeScratch()
        valueScratch = parts.value.makeScratch()
        input = FlatBuffer(repeating: 0, count: SpaneArchitecture.serverInputs * Self.columns)
        embeddingScratch = FlatBuffer(repeating: 0, count: 2 * layers.embedding.widest * Self.columns)
        hiddenScratch = FlatBuffer(repeating: 0, count: 2 * layers.ofServer.widest * Self.columns)
        advantageScratch = FlatBuffer(repeating: 0, count: 2 * layers.advantage.widest * Self.columns)
        placements = FlatBuffer(repeating: Action(0), count: Self.batch)
    }

    // It may be another cluster.
    func begin(start: Int, on cluster: borrowing ClusterState) { state.seenRevision = 0 }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        try shape.checkHasTwoNodes("afterstate")
        guard shape != state.shape else { return }
        state = try State(layers.parts, normalisation, shape)
    }

    // MARK: Deciding

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        prepare(request, cluster)
        var best: Action?
        var most = -Float.infinity
        scoreAvailable(request, cluster) { action, score in
            if score > most { (best, most) = (action, score) }
        }
        // Without a score that can be compared, as with weights that overflow, any action with room will do.
        return best ?? cluster.firstAvailable(for: request)?.action
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into advantages: inout MutableSpan<Float>
    ) {
        prepare(request, cluster)
        let count = servers?.count ?? cluster.serverCount
        precondition(advantages.count >= count * Self.orders, "there is too little room for the scores")
        for first in stride(from: 0, to: count, by: Self.batch / Self.orders) {
            let last = min(count, first + Self.batch / Self.orders)
            var filled = 0
            for index in first..<last {
                for node in 0..<Self.orders {
                    let action = Action(server: selectedServer(index, of: servers), node: node)
                    place(request, at: action, on: cluster, in: filled)
                    filled += 1
                }
            }
            let scores = unsafe computeScores(filled)
            for index in first..<last {
                let isCordoned = cluster.isCordoned(selectedServer(index, of: servers))
                for node in 0..<Self.orders {
                    let score = unsafe Self.score(scores, (index - first) * Self.orders + node)
                    advantages[index * Self.orders + node] = isCordoned ? -.infinity : score
                }
            }
        }
    }

    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
        let value = unsafe layers.parts.value.apply(sharedInput.base, valueScratch)[0]
        var steps: Int64 = 0
        var available = 0
        for index in 0..<cluster.actionCount where cluster.isAvailable(Action(index), for: request) {
            steps += state.grid.steps(scores[index])
            available += 1
        }
        let base = value - Float(Double(steps) / Double(max(1, available)) * state.grid.inverse)
        for index in 0..<cluster.actionCount { scores[index] += base }
    }

    /// Calls `body` with every available placement in ascending order, a split VM's once for each server, and its
    /// score.
    @inline(__always)
    private func scoreAvailable(
        _ request: Request,
        _ cluster: borrowing ClusterState,
        _ body: (Action, Float) -> Void
    ) {
        var filled = 0
        // Both actions of a split VM are the same placement.
        let step = request.isSplit ? Self.orders : 1
        for index in stride(from: 0, to: cluster.actionCount, by: step) {
            if cluster.isAvailable(Action(index), for: request) {
                place(request, at: Action(index), on: cluster, in: filled)
                placements[filled] = Action(index)
                filled += 1
            }
            guard filled == Self.batch || index + step >= cluster.actionCount else { continue }
            let scores = unsafe computeScores(filled)
            for slot in 0..<filled { unsafe body(placements[slot], Self.score(scores, slot)) }
            filled = 0
        }
    }

    // MARK: Batches

    /// Writes a server as a placement would leave it, in both orders of its nodes.
    @inline(__always)
    private func place(_ request: Request, at action: Action, on cluster: borrowing ClusterState, in slot: Int) {
        let demand = request.demandPerNode
        for node in 0..<Self.orders {
            var left = cluster.offered(server: action.server, node: node)
            if request.isSplit || node == action.node { left = left - demand }
            let (cpu, mem) = (Float(left.cpu) / normalisation.cpu, Float(left.mem) / normalisation.mem)
            for order in 0..<Self.orders {
                let row = 2 * (node ^ order)
                input[row * Self.columns + slot * Self.orders + order] = cpu
                input[(row + 1) * Self.columns + slot * Self.orders + order] = mem
            }
        }
    }

    /// The scores of the first placements written, one a column.
    @unsafe
    private func computeScores(_ count: Int) -> UnsafePointer<Float> {
        let lanes = Int(TRAINING_LANES)
        let columns = (count * Self.orders + lanes - 1) / lanes * lanes
        let embedding = unsafe layers.embedding.apply(
            input.base,
            stride: Self.columns,
            columns: columns,
            embeddingScratch
        )
        let hidden = unsafe layers.ofServer.apply(
            embedding,
            stride: Self.columns,
            columns: columns,
            bias: shared.base,
            endsInReLU: true,
            hiddenScratch
        )
        return unsafe UnsafePointer(
            layers.advantage.apply(hidden, stride: Self.columns, columns: columns, advantageScratch)
        )
    }

    /// The sum over both orders.
    @unsafe
    private static func score(_ scores: UnsafePointer<Float>, _ slot: Int) -> Float {
        unsafe scores[slot * orders] + scores[slot * orders + 1]
    }

    // MARK: Following the cluster

    /// Brings the pool up to date and computes what all placements share.
    private func prepare(_ request: Request, _ cluster: borrowing ClusterState) {
        precondition(
            ClusterShape(cluster) == state.shape,
            "the session is made for \(state.shape.serverCount) servers; adapt it to the cluster first"
        )
        follow(cluster)
        unsafe state.pool.write(to: sharedInput.base)
        unsafe normalisation.write(request, to: sharedInput.base + clusterWidth)
        unsafe layers.parts.advantageOfShared.apply(sharedInput.base, to: shared.base)
        for (output, bias) in layers.bias.enumerated() { shared[output] += bias }
    }

    private func follow(_ cluster: borrowing ClusterState) {
        var seen = state.seenRevision
        cluster.forEachServer(changedSince: &seen) { update($0, of: cluster) }
        state.seenRevision = seen
    }

    private func update(_ index: Int, of cluster: borrowing ClusterState) {
        let first = index * SpaneArchitecture.serverInputs
        let wasPresent = state.known[first] >= 0
        var hasChanged = false
        for node in 0..<Self.orders {
            let left = cluster.offered(server: index, node: node)
            let at = first + 2 * node
            hasChanged = hasChanged || state.known[at] != left.cpu || state.known[at + 1] != left.mem
            state.known[at] = left.cpu
            state.known[at + 1] = left.mem
        }
        guard hasChanged else { return }
        let isPresent = state.known[first] >= 0
        for order in 0..<Self.orders {
            let item = index * Self.orders + order
            guard isPresent else {
                if wasPresent { state.pool.remove(server: item) }
                continue
            }
            for node in 0..<Self.orders {
                let at = first + 2 * (node ^ order)
                server[2 * node] = Float(state.known[at]) / normalisation.cpu
                server[2 * node + 1] = Float(state.known[at + 1]) / normalisation.mem
            }
            let embedding = unsafe layers.parts.server.apply(server.base, serverScratch)
            if wasPresent {
                unsafe state.pool.update(server: item, to: embedding)
            } else {
                unsafe state.pool.add(server: item, embedding)
            }
        }
    }
}
