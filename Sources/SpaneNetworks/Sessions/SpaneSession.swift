internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``SpaneArchitecture``.
///
/// One event touches one server, so a session keeps what does not change in a ``ServerTable``. A decision brings the
/// table up to date with the cluster's journal, computes what all servers share once, and scores blocks of servers,
/// skipping those without room. On many servers ``Shortlists`` spare it most of them where a request comes again.
/// Scores depend on the state of the cluster alone, bit for bit: not on the history, the order of servers or the
/// instruction set. Of equal scores, that of the lowest server wins.
@safe
final class SpaneSession: ScoringPolicy {
    private let layers: SpaneLayers
    private let normalisation: Normalisation
    private var table: ServerTable
    private var shortlists: Shortlists?
    private let tally = DecisionTally()
    private var advantageGrid: FixedPoint
    // One element, so that the kernels have an address; it points into `layers` and `headScratch`.
    private let head: FlatBuffer<kernel_head>
    private let clusterWidth: Int

    private let sharedInput: FlatBuffer<Float>
    private let terms: FlatBuffer<Float>
    private let blockAdvantages: FlatBuffer<Float>
    private let valueScratch: FlatBuffer<Float>
    private let headScratch: FlatBuffer<Float>

    init(_ layers: SpaneLayers, _ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) {
        self.layers = layers
        self.normalisation = normalisation
        table = try ServerTable(layers, normalisation, shape)
        advantageGrid = try Self.grid(layers, normalisation, shape)
        clusterWidth = layers.architecture.clusterWidth
        sharedInput = FlatBuffer(repeating: 0, count: clusterWidth + SpaneArchitecture.requestInputs)
        terms = FlatBuffer(repeating: 0, count: 2 * layers.advantageOfShared.paddedOutputs + Int(KERNEL_NODES))
        blockAdvantages = FlatBuffer(repeating: 0, count: PackedServers.lanes * NUMATopology.nodesPerServer)
        valueScratch = layers.value.makeScratch()
        let widest = max(layers.architecture.advantage.width, layers.advantage.widest)
        headScratch = FlatBuffer(repeating: 0, count: 2 * PackedServers.lanes * widest)
        unsafe head = FlatBuffer([
            kernel_head(
                layers: layers.advantage.kernels.base,
                layer_count: layers.advantage.kernels.count,
                shared: layers.advantageOfShared.kernel,
                widest: widest,
                scratch: headScratch.base
            )
        ])
        shortlists = makeShortlists()
    }

    private func makeShortlists() -> Shortlists? {
        guard table.shape.serverCount >= Shortlists.leastServers else { return nil }
        return unsafe Shortlists(table, layers, terms: terms.count, head: head.base, tally: tally)
    }

    private static func grid(
        _ layers: SpaneLayers,
        _ normalisation: Normalisation,
        _ shape: ClusterShape
    ) throws(NetworkError) -> FixedPoint {
        let bounds = layers.bounds(input: shape.largestInput(normalisation))
        _ = try FixedPoint(bound: bounds.anything, name: "a value inside the network")
        return try FixedPoint(bound: bounds.advantage, name: "the advantage")
    }

    var counters: DecisionCounters { tally.counters }

    func begin(start: Int, on cluster: borrowing ClusterState) { table.forgetCluster() }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        try shape.checkHasTwoNodes("spane")
        guard shape != table.shape else { return }
        let grid = try Self.grid(layers, normalisation, shape)
        table = try ServerTable(layers, normalisation, shape)
        shortlists = makeShortlists()
        advantageGrid = grid
    }

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        // Kernels look for cores and memory alone.
        if request.terms != nil { return bestByAdvantages(for: request, on: cluster, among: nil) }
        prepare(request, cluster)
        let chosen =
            unsafe shortlists?.choose(request, terms)
            ?? table.blocks.choose(request, head.base, terms.base, among: table.shape.serverCount)
        return chosen.action >= 0 ? Action(rawValue: chosen.action) : nil
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into advantages: inout MutableSpan<Float>
    ) {
        prepare(request, cluster)
        guard let servers else {
            writeAllAdvantages(into: &advantages)
            return
        }
        precondition(advantages.count >= servers.count * NUMATopology.nodesPerServer, "there is too little room")
        var current = -1
        for index in 0..<servers.count {
            let server = Int(servers[index])
            let (block, lane) = server.quotientAndRemainder(dividingBy: PackedServers.lanes)
            if block != current {
                unsafe score(block, to: blockAdvantages.base)
                current = block
            }
            for node in 0..<NUMATopology.nodesPerServer {
                advantages[index * NUMATopology.nodesPerServer + node] =
                    table.blocks.isPresent(server)
                    ? blockAdvantages[lane * NUMATopology.nodesPerServer + node] : -.infinity
            }
        }
    }

    private func writeAllAdvantages(into advantages: inout MutableSpan<Float>) {
        let actions = table.shape.serverCount * NUMATopology.nodesPerServer
        precondition(advantages.count >= actions, "there is room for fewer than \(actions) scores")
        let perBlock = PackedServers.lanes * NUMATopology.nodesPerServer
        let fullBlocks = actions / perBlock
        unsafe advantages.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe score(0, count: fullBlocks, to: base)
        }
        if fullBlocks < table.blocks.count {
            unsafe score(fullBlocks, to: blockAdvantages.base)
            for action in fullBlocks * perBlock..<actions { advantages[action] = blockAdvantages[action % perBlock] }
        }
        guard table.presentCount < table.shape.serverCount else { return }
        for action in 0..<actions where !table.blocks.isPresent(Action(action).server) {
            advantages[action] = -.infinity
        }
    }

    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
        let value = unsafe layers.value.apply(sharedInput.base, valueScratch)[0]
        let count = cluster.actionCount
        unsafe scores.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let steps = unsafe kernel_total(base, count, advantageGrid.scale)
            let present = max(1, table.presentCount * NUMATopology.nodesPerServer)
            let mean = Float(Double(steps) / Double(present) * advantageGrid.inverse)
            unsafe kernel_shift(base, count, value - mean)
        }
    }

    /// Brings the table up to date and computes what all servers share.
    private func prepare(_ request: Request, _ cluster: borrowing ClusterState) {
        precondition(
            ClusterShape(cluster) == table.shape,
            "the session is made for \(table.shape.serverCount) servers; adapt it to the cluster first"
        )
        table.follow(cluster, telling: shortlists)
        unsafe table.writePool(to: sharedInput.base)
        unsafe normalisation.write(request, to: sharedInput.base + clusterWidth)
        unsafe kernel_terms(head.base, sharedInput.base, terms.base)
    }

    private func score(_ block: Int, count: Int = 1, to output: UnsafeMutablePointer<Float>) {
        unsafe kernel_advantages(head.base, terms.base, table.blocks.kernel.base, block, count, output)
    }
}
