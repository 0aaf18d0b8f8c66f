internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks
internal import SpaneScheduling

/// A ``SpaneArchitecture`` for learning.
///
/// Its steps stand in the order of the forward pass; the backward pass mirrors them.
@safe
final class SymmetricNetwork: TrainableNetwork {
    let head: DuelingHead
    let largestChunk: Int

    private let layout: Layout
    private let pools: [training_pooling]
    private let embeddingWidth: Int
    private let clusterWidth: Int

    // The servers, whose embeddings are pooled and scored.
    private let servers: ItemLayout
    // [cpu, mem of each node][column]
    private let input: FlatBuffer<Float>
    private let embedding: DenseStack
    // [pooled embeddings, request][sample], and the gradient of the pooled ones.
    private let cluster: FlatBuffer<Float>
    private let clusterGradient: FlatBuffer<Float>
    private let value: DenseStack
    // The first advantage layer: its part that a sample's servers share, its output, and their gradients.
    private let shared: FlatBuffer<Float>
    private let sharedGradient: FlatBuffer<Float>
    private let hidden: FlatBuffer<Float>
    private let hiddenGradient: FlatBuffer<Float>
    private let advantage: DenseStack

    private struct Layout {
        let ofServer: DenseLayer
        let ofCluster: DenseLayer
    }

    init(_ architecture: SpaneArchitecture, _ parameters: ParameterLayout, servers count: Int) {
        let chunk = Self.chunk(columnsPerSample: count)
        largestChunk = chunk
        let embeddingLayers = parameters.stack("server_embedding")
        let advantageLayers = parameters.stack("adv_layers")
        embeddingWidth = architecture.server.width
        clusterWidth = architecture.aggregators.count * embeddingWidth
        pools = architecture.aggregators.map(\.kernel)
        layout = Layout(
            ofServer: parameters.layer("adv_layers.0", columns: 0..<embeddingWidth),
            ofCluster: parameters.layer("adv_layers.0", columns: embeddingWidth..<advantageLayers[0].inputs)
        )
        servers = ItemLayout(items: count, samples: chunk)
        let columns = count * chunk
        let (wide, narrow) = (ItemLayout.rowStride(columns), ItemLayout.rowStride(chunk))
        let hiddenWidth = architecture.advantage.width
        input = FlatBuffer(repeating: 0, count: Replay.valuesPerServer * wide)
        embedding = DenseStack(embeddingLayers, columns: columns)
        cluster = FlatBuffer(repeating: 0, count: (clusterWidth + Replay.valuesPerRequest) * narrow)
        clusterGradient = FlatBuffer(repeating: 0, count: clusterWidth * narrow)
        value = DenseStack(parameters.stack("value_layers"), columns: chunk)
        shared = FlatBuffer(repeating: 0, count: hiddenWidth * narrow)
        sharedGradient = FlatBuffer(repeating: 0, count: hiddenWidth * narrow)
        hidden = FlatBuffer(repeating: 0, count: hiddenWidth * wide)
        hiddenGradient = FlatBuffer(repeating: 0, count: hiddenWidth * wide)
        advantage = DenseStack(Array(advantageLayers.dropFirst()), columns: columns)
        head = DuelingHead(actions: count * NUMATopology.nodesPerServer, samples: chunk, hasPenalties: true)
    }

    /// As many samples as keep what a chunk needs in the nearest caches.
    private static func chunk(columnsPerSample: Int) -> Int {
        max(ItemLayout.lanes, min(128, 320 / columnsPerSample / ItemLayout.lanes * ItemLayout.lanes))
    }

    // MARK: Taking in states

    func effort(_ slot: Int, of replay: Replay) -> Int { replay.serverCount(in: slot) }

    @unsafe
    func load(_ slots: UnsafePointer<Int32>, count: Int, of replay: Replay, isMasked: Bool) {
        for sample in 0..<count {
            servers.counts[sample] = unsafe Int32(replay.serverCount(in: Int(slots[sample])))
        }
        servers.arrange(samples: count)
        arrangeActions(count)
        let wide = ItemLayout.rowStride(servers.columns)
        let narrow = ItemLayout.rowStride(servers.samples)
        for sample in 0..<count {
            let slot = unsafe Int(slots[sample])
            var from = unsafe replay.servers.base + slot * replay.serverStride
            for server in 0..<Int(servers.counts[sample]) {
                let column = servers.offsets[server] + sample
                for index in 0..<Replay.valuesPerServer {
                    unsafe input[index * wide + column] = from[index]
                }
                unsafe from += Replay.valuesPerServer
            }
            for index in 0..<Replay.valuesPerRequest {
                cluster[(clusterWidth + index) * narrow + sample] =
                    replay.requests[slot * Replay.valuesPerRequest + index]
            }
            head.chosen[sample] = replay.actions[slot]
            guard isMasked else { continue }
            for action in 0..<Int(head.actions.counts[sample]) {
                head.setAllowed(replay.isAvailable(Action(action), in: slot), action: action, sample: sample)
            }
        }
    }

    /// The last layer has one row a node, so that the actions of a server stand one below the other.
    private func arrangeActions(_ count: Int) {
        let nodes = NUMATopology.nodesPerServer
        for sample in 0..<count { head.actions.counts[sample] = servers.counts[sample] * Int32(nodes) }
        head.actions.arrange(samples: count)
        for action in 0..<head.actions.itemCount {
            head.actions.offsets[action] =
                action % nodes * ItemLayout.rowStride(servers.columns) + servers.offsets[action / nodes]
        }
    }

    // MARK: Forward

    @unsafe
    func forward(_ parameters: UnsafePointer<Float>) {
        unsafe embedding.forward(parameters, input: wide(input), columns: servers.columns)
        var items = unsafe servers.kernel
        for (index, pool) in pools.enumerated() {
            unsafe training_pool(&items, pool, embedding.output, pooled(cluster, index), embeddingWidth)
        }
        unsafe value.forward(parameters, input: narrow(cluster), columns: servers.samples)
        var ofCluster = unsafe layout.ofCluster.kernel(parameters)
        unsafe training_forward(
            &ofCluster,
            parameters + layout.ofCluster.bias,
            training_matrix(),
            narrow(cluster),
            narrow(shared),
            servers.samples,
            0
        )
        var ofServer = unsafe layout.ofServer.kernel(parameters)
        for server in 0..<servers.itemCount {
            let offset = servers.offsets[server]
            unsafe training_forward(
                &ofServer,
                nil,
                narrow(shared),
                embedding.output.from(column: offset),
                wide(hidden).from(column: offset),
                servers.extents[server],
                1
            )
        }
        unsafe advantage.forward(parameters, input: wide(hidden), columns: servers.columns)
    }

    func chooseBest(isMasked: Bool) { unsafe head.chooseBest(advantage.output.values, isMasked: isMasked) }

    func pick() { unsafe head.pick(advantage.output.values, value: value.output.values) }

    // MARK: Backward

    @unsafe
    func backward(_ parameters: UnsafePointer<Float>, into partials: UnsafeMutablePointer<Float>) {
        unsafe head.spread(to: advantage.outputGradient.values)
        unsafe advantage.backward(
            parameters,
            into: partials,
            input: wide(hidden),
            inputGradient: InputGradient(
                target: wide(hiddenGradient),
                rows: layout.ofServer.outputs,
                gate: wide(hidden)
            )
        )
        unsafe backwardOfFirstLayer(parameters, into: partials)
        let slope = unsafe value.outputGradient
        for sample in 0..<servers.samples { unsafe slope.values[sample] = head.gradient[sample] }
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
        var items = unsafe servers.kernel
        for (index, pool) in pools.enumerated() {
            unsafe training_unpool(
                &items,
                pool,
                embedding.output,
                pooled(cluster, index),
                pooled(clusterGradient, index),
                embedding.outputGradient,
                embeddingWidth
            )
        }
        unsafe embedding.backward(parameters, into: partials, input: wide(input))
    }

    @unsafe
    private func backwardOfFirstLayer(
        _ parameters: UnsafePointer<Float>,
        into partials: UnsafeMutablePointer<Float>
    ) {
        var ofServer = unsafe layout.ofServer.kernel(parameters)
        unsafe training_gradient(
            &ofServer,
            embedding.output,
            wide(hiddenGradient),
            servers.columns,
            partials + layout.ofServer.weights * ItemLayout.lanes,
            nil
        )
        unsafe training_backward(
            &ofServer,
            wide(hiddenGradient),
            training_matrix(),
            training_matrix(),
            embedding.outputGradient,
            servers.columns
        )
        var items = unsafe servers.kernel
        unsafe training_fold(&items, wide(hiddenGradient), narrow(sharedGradient), layout.ofServer.outputs)
        var ofCluster = unsafe layout.ofCluster.kernel(parameters)
        unsafe training_gradient(
            &ofCluster,
            narrow(cluster),
            narrow(sharedGradient),
            servers.samples,
            partials + layout.ofCluster.weights * ItemLayout.lanes,
            partials + layout.ofCluster.bias * ItemLayout.lanes
        )
        unsafe ofCluster.inputs = clusterWidth
        unsafe training_backward(
            &ofCluster,
            narrow(sharedGradient),
            training_matrix(),
            training_matrix(),
            narrow(clusterGradient),
            servers.samples
        )
    }

    // MARK: Matrices

    /// A matrix with a column for every server of every sample.
    @unsafe
    private func wide(_ buffer: borrowing FlatBuffer<Float>) -> training_matrix {
        unsafe training_matrix(values: buffer.base, stride: ItemLayout.rowStride(servers.columns))
    }

    /// A matrix with a column for every sample.
    @unsafe
    private func narrow(_ buffer: borrowing FlatBuffer<Float>) -> training_matrix {
        unsafe training_matrix(values: buffer.base, stride: ItemLayout.rowStride(servers.samples))
    }

    /// The rows of one aggregator in a narrow matrix.
    @unsafe
    private func pooled(_ buffer: borrowing FlatBuffer<Float>, _ index: Int) -> training_matrix {
        let stride = ItemLayout.rowStride(servers.samples)
        return unsafe training_matrix(values: buffer.base + index * embeddingWidth * stride, stride: stride)
    }
}

extension training_matrix {
    /// The columns from one on.
    @unsafe
    func from(column: Int) -> training_matrix { unsafe training_matrix(values: values + column, stride: stride) }
}

extension Aggregator {
    var kernel: training_pooling {
        switch self {
        case .mean: TRAINING_MEAN
        case .max: TRAINING_MAX
        case .std: TRAINING_STD
        }
    }
}
