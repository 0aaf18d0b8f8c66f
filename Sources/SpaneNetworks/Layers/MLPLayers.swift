/// The layers of an ``MLPArchitecture`` packed for the kernels; shared by all sessions of a model.
final class MLPLayers: PackedNetwork {
    let architecture: MLPArchitecture
    let hidden: LinearStack
    let value: LinearStack
    let advantage: LinearStack

    init(_ tensors: TensorTable, _ architecture: MLPArchitecture) {
        self.architecture = architecture
        hidden = LinearStack(tensors, names: LinearStack.names("fc", architecture.hidden))
        value = LinearStack(tensors, names: ["value"])
        advantage = LinearStack(tensors, names: ["adv"])
    }

    func makeSession(
        _ normalisation: Normalisation,
        _ shape: ClusterShape
    ) throws(NetworkError) -> any ScoringPolicy {
        try MLPSession(self, normalisation, servers: shape.serverCount)
    }
}
