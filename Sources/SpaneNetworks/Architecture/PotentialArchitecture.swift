internal import SpaneScheduling

/// A placement is worth what it adds to a potential of the one server that it touches.
///
/// score(placement) = φ(server after) - φ(server before), φ(x₀, x₁) = f(x₀, x₁) + f(x₁, x₀) with xₙ the cores and the
/// memory left on node n: which of its nodes comes first does not matter. The other servers do not appear but in a mean, so a
/// decision touches only what changed and the number of servers is free.
public struct PotentialArchitecture: Equatable, Sendable {
    /// What f sees beside the server.
    public enum Context: String, CaseIterable, Equatable, Sendable {
        /// Nothing.
        case none
        /// The request.
        case request
        /// The request and the mean over all NUMA nodes of what is left, rounded to 1/32 of what a node has: so it stays
        /// the same over many decisions on a large cluster, and with it all scores of servers that do not change.
        case cluster
    }

    /// The hidden layers of f.
    public let hidden: LayerShape
    /// What follows each hidden layer.
    public let activation: Activation
    /// What f sees beside the server.
    public let context: Context

    /// Describes a potential.
    public init(hidden: LayerShape, activation: Activation = .tanh, context: Context = .none) {
        self.hidden = hidden
        self.activation = activation
        self.context = context
    }

    /// Values that f takes: [cpu₀, mem₀, cpu₁, mem₁], then cpu, mem and split of the request, then the cluster's mean cpu
    /// and mem.
    var inputs: Int {
        switch context {
        case .none: SpaneArchitecture.serverInputs
        case .request: SpaneArchitecture.serverInputs + SpaneArchitecture.requestInputs
        case .cluster: SpaneArchitecture.serverInputs + SpaneArchitecture.requestInputs + 2
        }
    }

    /// The last layer has no bias: it would cancel.
    var tensorShapes: [TensorShape] {
        Array(hidden.tensorShapes(prefix: "potential", inputs: inputs, outputs: 1).dropLast())
    }
}
