/// The layers of an ``MLPArchitecture`` packed for the kernels; shared by all sessions of a model.
final class MLPLayers: Sendable {
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
}
