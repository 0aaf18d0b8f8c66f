internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks
internal import SpaneScheduling

/// A ``SpaneArchitecture`` or an ``AfterstateArchitecture`` for learning.
///
/// Both embed, pool and score items. With SPANE the items are the servers. With afterstates those that are pooled are
/// the servers in both orders of their nodes, and those that are scored are what the available placements would leave, in
/// both orders too; the scores of both orders make the advantage of a placement. The steps stand in the order of the
/// forward pass; the backward pass mirrors them.
@safe
final class SymmetricNetwork: TrainableNetwork {
    let head: DuelingHead
    let largestChunk: Int

    let seesAfterstates: Bool
    // The items whose embeddings are pooled, and those that are scored: the same object with SPANE.
    let pooled: RaggedLayout
    let scored: RaggedLayout
    // [cpu, mem of each node][column]; with afterstates the pooled items stand before the scored ones.
    let input: FlatBuffer<Float>
    // [pooled embeddings, request][sample], and the gradient of the pooled ones.
    let cluster: FlatBuffer<Float>
    let clusterWidth: Int

    /// How states of equally many servers are laid out.
    struct Arrangement: Equatable {
        let samples: Int
        let servers: Int
    }
    // The one that holds, where all states have equally many servers.
    var latest: Arrangement?

    private let pools: [training_pooling]
    private let embeddingWidth: Int
    private let embedding: DenseStack
    private let clusterGradient: FlatBuffer<Float>
    private let value: DenseStack
    // The first advantage layer: its part that a sample's items share, its output, and their gradients.
    private let ofItem: DenseLayer
    private let ofCluster: DenseLayer
    private let shared: FlatBuffer<Float>
    private let sharedGradient: FlatBuffer<Float>
    private let hidden: FlatBuffer<Float>
    private let hiddenGradient: FlatBuffer<Float>
    private let advantage: DenseStack
    // The sums over both orders and their gradients, with afterstates.
    private let sums: FlatBuffer<Float>
    private let sumGradients: FlatBuffer<Float>

    static let orders = NUMATopology.nodesPerServer

    /// - Parameter count: the most servers.
    init(
        _ architecture: SpaneArchitecture,
        _ parameters: ParameterLayout,
        servers count: Int,
        seesAfterstates: Bool = false
    ) {
        let actions = count * Self.orders
        let pooledItems = seesAfterstates ? actions : count
        let scoredItems = seesAfterstates ? actions * Self.orders : count
        // As many samples as keep what a chunk needs in the nearest caches. On a busy cluster about half of the
        // placements are available.
        let typical = seesAfterstates ? 2 * actions : count
        let chunk = max(RaggedLayout.lanes, min(128, 640 / typical / RaggedLayout.lanes * RaggedLayout.lanes))
        largestChunk = chunk
        self.seesAfterstates = seesAfterstates
        pooled = RaggedLayout(items: pooledItems, samples: chunk)
        scored = seesAfterstates ? RaggedLayout(items: scoredItems, samples: chunk) : pooled
        pools = architecture.aggregators.map(\.kernel)
        embeddingWidth = architecture.server.width
        clusterWidth = architecture.aggregators.count * embeddingWidth
        let advantageLayers = parameters.stack("adv_layers")
        ofItem = parameters.layer("adv_layers.0", columns: 0..<embeddingWidth)
        ofCluster = parameters.layer("adv_layers.0", columns: embeddingWidth..<advantageLayers[0].inputs)
        let columns = (seesAfterstates ? pooledItems + scoredItems : count) * chunk
        let (wide, narrow) = (RaggedLayout.rowStride(scoredItems * chunk), RaggedLayout.rowStride(chunk))
        let hiddenWidth = architecture.advantage.width
        input = FlatBuffer(repeating: 0, count: StateRecords.valuesPerServer * RaggedLayout.rowStride(columns))
        embedding = DenseStack(parameters.stack("server_embedding"), columns: columns)
        cluster = FlatBuffer(repeating: 0, count: (clusterWidth + StateRecords.valuesPerRequest) * narrow)
        clusterGradient = FlatBuffer(repeating: 0, count: clusterWidth * narrow)
        value = DenseStack(parameters.stack("value_layers"), columns: chunk)
        shared = FlatBuffer(repeating: 0, count: hiddenWidth * narrow)
        sharedGradient = FlatBuffer(repeating: 0, count: hiddenWidth * narrow)
        hidden = FlatBuffer(repeating: 0, count: hiddenWidth * wide)
        hiddenGradient = FlatBuffer(repeating: 0, count: hiddenWidth * wide)
        advantage = DenseStack(Array(advantageLayers.dropFirst()), columns: scoredItems * chunk)
        sums = FlatBuffer(repeating: 0, count: seesAfterstates ? actions * chunk : 0)
        sumGradients = FlatBuffer(repeating: 0, count: seesAfterstates ? actions * chunk : 0)
        head = DuelingHead(actions: actions, samples: chunk, hasPenalties: !seesAfterstates)
    }

    /// The column of the embeddings at which the scored items begin.
    var firstScored: Int { seesAfterstates ? pooled.columns : 0 }

    /// The columns of all embeddings.
    var columns: Int { firstScored + scored.columns }

    // MARK: Forward

    @unsafe
    func forward(_ parameters: UnsafePointer<Float>) {
        unsafe embedding.forward(parameters, input: inputMatrix, columns: columns)
        var items = unsafe pooled.kernel
        for (index, pool) in pools.enumerated() {
            unsafe training_pool(&items, pool, embedding.output, poolRows(cluster, index), embeddingWidth)
        }
        var clusterLayer = unsafe ofCluster.kernel(parameters)
        unsafe training_forward(
            &clusterLayer,
            parameters + ofCluster.bias,
            training_matrix(),
            narrow(cluster),
            narrow(shared),
            pooled.samples,
            0
        )
        var itemLayer = unsafe ofItem.kernel(parameters)
        for item in 0..<scored.itemCount {
            let offset = scored.offsets[item]
            unsafe training_forward(
                &itemLayer,
                nil,
                narrow(shared),
                embedding.output.from(column: firstScored + offset),
                wide(hidden).from(column: offset),
                scored.extents[item],
                1
            )
        }
        unsafe advantage.forward(parameters, input: wide(hidden), columns: scored.columns)
        if seesAfterstates { addOrders() }
    }

    private func addOrders() {
        let scores = unsafe advantage.output
        for action in 0..<head.actions.itemCount {
            let (to, first, second) = orderColumns(action)
            for sample in 0..<head.actions.extents[action] {
                unsafe sums[to + sample] = scores.values[first + sample] + scores.values[second + sample]
            }
        }
    }

    /// Where the sum over both orders of a placement stands, and where the terms.
    private func orderColumns(_ action: Int) -> (sum: Int, first: Int, second: Int) {
        (head.actions.offsets[action], scored.offsets[2 * action], scored.offsets[2 * action + 1])
    }

    @unsafe
    private var advantages: UnsafeMutablePointer<Float> {
        unsafe seesAfterstates ? sums.base : advantage.output.values
    }

    // All placements that an afterstate network scores are available.
    func chooseBest(isMasked: Bool) { unsafe head.chooseBest(advantages, isMasked: isMasked && !seesAfterstates) }

    @unsafe
    func pick(_ parameters: UnsafePointer<Float>) {
        unsafe value.forward(parameters, input: narrow(cluster), columns: pooled.samples)
        unsafe head.pick(advantages, value: value.output.values)
    }

    // MARK: Backward

    @unsafe
    func backward(_ parameters: UnsafePointer<Float>, into partials: UnsafeMutablePointer<Float>) {
        spread()
        unsafe advantage.backward(
            parameters,
            into: partials,
            input: wide(hidden),
            inputGradient: InputGradient(target: wide(hiddenGradient), rows: ofItem.outputs, gate: wide(hidden))
        )
        unsafe backwardOfFirstLayer(parameters, into: partials)
        let slope = unsafe value.outputGradient
        for sample in 0..<pooled.samples { unsafe slope.values[sample] = head.gradient[sample] }
        // The gradient by way of the value joins that by way of the advantages.
        unsafe value.backward(
            parameters,
            into: partials,
            input: narrow(cluster),
            inputGradient: InputGradient(
                target: narrow(clusterGradient),
                rows: clusterWidth,
                added: narrow(clusterGradient)
            )
        )
        var items = unsafe pooled.kernel
        for (index, pool) in pools.enumerated() {
            unsafe training_unpool(
                &items,
                pool,
                embedding.output,
                poolRows(cluster, index),
                poolRows(clusterGradient, index),
                embedding.outputGradient,
                embeddingWidth
            )
        }
        unsafe embedding.backward(parameters, into: partials, input: inputMatrix)
    }

    /// Writes the gradient of the scores.
    private func spread() {
        let target = unsafe advantage.outputGradient
        guard seesAfterstates else { return unsafe head.spread(to: target.values) }
        unsafe head.spread(to: sumGradients.base)
        for action in 0..<head.actions.itemCount {
            let (from, first, second) = orderColumns(action)
            for sample in 0..<head.actions.extents[action] {
                unsafe target.values[first + sample] = sumGradients[from + sample]
                unsafe target.values[second + sample] = sumGradients[from + sample]
            }
        }
    }

    @unsafe
    private func backwardOfFirstLayer(
        _ parameters: UnsafePointer<Float>,
        into partials: UnsafeMutablePointer<Float>
    ) {
        var itemLayer = unsafe ofItem.kernel(parameters)
        unsafe training_gradient(
            &itemLayer,
            embedding.output.from(column: firstScored),
            wide(hiddenGradient),
            scored.columns,
            partials + ofItem.weights * RaggedLayout.lanes,
            nil
        )
        unsafe training_backward(
            &itemLayer,
            wide(hiddenGradient),
            training_matrix(),
            training_matrix(),
            embedding.outputGradient.from(column: firstScored),
            scored.columns
        )
        if seesAfterstates { clearPooledGradient() }
        var items = unsafe scored.kernel
        unsafe training_fold(&items, wide(hiddenGradient), narrow(sharedGradient), ofItem.outputs)
        var clusterLayer = unsafe ofCluster.kernel(parameters)
        unsafe training_gradient(
            &clusterLayer,
            narrow(cluster),
            narrow(sharedGradient),
            pooled.samples,
            partials + ofCluster.weights * RaggedLayout.lanes,
            partials + ofCluster.bias * RaggedLayout.lanes
        )
        unsafe clusterLayer.inputs = clusterWidth
        unsafe training_backward(
            &clusterLayer,
            narrow(sharedGradient),
            training_matrix(),
            training_matrix(),
            narrow(clusterGradient),
            pooled.samples
        )
    }

    /// Items that are pooled and not scored have no gradient yet.
    private func clearPooledGradient() {
        let gradient = unsafe embedding.outputGradient
        for row in 0..<embeddingWidth {
            unsafe (gradient.values + row * gradient.stride).update(repeating: 0, count: pooled.columns)
        }
    }

    // MARK: Matrices

    @unsafe
    private var inputMatrix: training_matrix {
        unsafe training_matrix(values: input.base, stride: RaggedLayout.rowStride(columns))
    }

    /// A matrix with a column for every scored item of every sample.
    @unsafe
    private func wide(_ buffer: borrowing FlatBuffer<Float>) -> training_matrix {
        unsafe training_matrix(values: buffer.base, stride: RaggedLayout.rowStride(scored.columns))
    }

    /// A matrix with a column for every sample.
    @unsafe
    private func narrow(_ buffer: borrowing FlatBuffer<Float>) -> training_matrix {
        unsafe training_matrix(values: buffer.base, stride: RaggedLayout.rowStride(pooled.samples))
    }

    /// The rows of one aggregator in a narrow matrix.
    @unsafe
    private func poolRows(_ buffer: borrowing FlatBuffer<Float>, _ index: Int) -> training_matrix {
        let stride = RaggedLayout.rowStride(pooled.samples)
        return unsafe training_matrix(values: buffer.base + index * embeddingWidth * stride, stride: stride)
    }
}

extension training_matrix {
    /// The columns from one on.
    @unsafe
    func from(column: Int) -> training_matrix { unsafe training_matrix(values: values + column, stride: stride) }
}

extension Aggregator {
    fileprivate var kernel: training_pooling {
        switch self {
        case .mean: TRAINING_MEAN
        case .max: TRAINING_MAX
        case .std: TRAINING_STD
        }
    }
}
