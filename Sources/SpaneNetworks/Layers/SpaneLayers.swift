internal import SpaneScheduling

/// The layers of a ``SpaneArchitecture`` packed for the kernels; shared by all sessions of a model.
///
/// The first advantage layer is split by what its inputs depend on: the columns of the server embedding, whose product
/// is kept per server, and those of cluster and request, whose product is made once a decision.
final class SpaneLayers: PackedNetwork {
    let architecture: SpaneArchitecture
    let server: LinearStack
    let value: LinearStack
    let advantageOfServer: Linear
    let advantageOfShared: Linear
    let advantage: LinearStack

    init(_ tensors: TensorTable, _ architecture: SpaneArchitecture) {
        self.architecture = architecture
        server = LinearStack(tensors, names: LinearStack.names("server_embedding", architecture.server))
        value = LinearStack(tensors, names: LinearStack.names("value_layers", architecture.value))
        let width = architecture.server.width
        let all = width + architecture.clusterWidth + SpaneArchitecture.requestInputs
        advantageOfServer = Linear(tensors, "adv_layers.0", columns: 0..<width)
        advantageOfShared = Linear(tensors, "adv_layers.0", columns: width..<all, withBias: false)
        advantage = LinearStack(
            tensors,
            names: Array(LinearStack.names("adv_layers", architecture.advantage).dropFirst())
        )
    }

    /// The largest magnitudes that values can have for inputs of at most `input`: of a server embedding, of an advantage,
    /// and of anything computed on the way.
    func bounds(input: Double) -> (embedding: Double, advantage: Double, anything: Double) {
        var largest = 0.0
        let inputs = Array(repeating: input, count: SpaneArchitecture.serverInputs)
        let embedding = server.outputBounds(inputs, largest: &largest)
        // The unbiased deviation of values in ±b is at most b * √2, the mean and the maximum at most b.
        let cluster = (0..<architecture.clusterWidth).map { 1.5 * embedding[$0 % embedding.count] }
        let shared = cluster + [2 * input, 2 * input, 1]
        let hidden = zip(
            advantageOfServer.outputBounds(embedding),
            advantageOfShared.outputBounds(shared)
        ).map { $0 + $1 }
        largest = max(largest, hidden.max() ?? 0)
        let advantages = advantage.outputBounds(hidden, largest: &largest)
        _ = value.outputBounds(shared, largest: &largest)
        return (embedding.max() ?? 0, advantages.max() ?? 0, largest)
    }

    func makeSession(
        _ normalisation: Normalisation,
        _ shape: ClusterShape
    ) throws(NetworkError) -> any ScoringPolicy {
        try SpaneSession(self, normalisation, shape)
    }
}
