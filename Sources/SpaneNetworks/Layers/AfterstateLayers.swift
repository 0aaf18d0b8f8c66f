/// The layers of an ``AfterstateArchitecture`` packed for the kernels; shared by all sessions of a model.
final class AfterstateLayers: PackedNetwork {
    /// Those for one vector at a time.
    let parts: SpaneLayers
    // Those for many placements at a time; the first advantage layer takes what they share as its bias.
    let embedding: ColumnStack
    let ofServer: ColumnStack
    let advantage: ColumnStack
    /// The bias of the first advantage layer.
    let bias: [Float]

    init(_ tensors: TensorTable, _ architecture: AfterstateArchitecture) {
        let shapes = architecture.parts
        parts = SpaneLayers(tensors, shapes)
        embedding = ColumnStack(tensors, names: LinearStack.names("server_embedding", shapes.server))
        ofServer = ColumnStack(tensors, names: ["adv_layers.0"], columns: 0..<shapes.server.width)
        advantage = ColumnStack(
            tensors,
            names: Array(LinearStack.names("adv_layers", shapes.advantage).dropFirst())
        )
        bias = tensors["adv_layers.0.bias"].values
    }

    func makeSession(
        _ normalisation: Normalisation,
        _ shape: ClusterShape
    ) throws(NetworkError) -> any ScoringPolicy {
        try AfterstateSession(self, normalisation, shape)
    }
}
