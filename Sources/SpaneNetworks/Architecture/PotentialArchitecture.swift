internal import SpaneScheduling

/// A placement is worth what it adds to a potential of the one server that it touches.
///
/// score(placement) = φ(server after) - φ(server before), φ = Σₙ f(xₙ, yₙ) with xₙ the cores and the memory left on node n and
/// yₙ those left on all other nodes of the server together: which of its nodes comes first does not matter, and there may be any
/// number of them. For two nodes φ = f(x₀, x₁) + f(x₁, x₀). The other servers do not appear but in a mean, so a decision touches
/// only what changed and the number of servers is free.
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

    /// What the amounts of a server are divided by, each resource by itself. What f sees beside the server is always relative to
    /// the node that it was trained on.
    public enum Units: String, CaseIterable, Equatable, Sendable {
        /// The node that f was trained on: xₙ = freeₙ / c and yₙ = Σ freeₘ / c over m ≠ n, c being ``Model/normalisation``.
        case trainedNode = "trained-node"
        /// The node itself, so that f sees shares whatever the hardware: xₙ = freeₙ / capacityₙ and
        /// yₙ = Σ freeₘ / Σ capacityₘ over m ≠ n, and 0 where the capacity is. The same as the other on two equal nodes of the
        /// size that f was trained on.
        case ownNode = "own-node"
    }

    /// The hidden layers of f.
    public let hidden: LayerShape
    /// What follows each hidden layer.
    public let activation: Activation
    /// What f sees beside the server.
    public let context: Context
    /// What the amounts of a server are divided by.
    public let units: Units

    /// Describes a potential.
    public init(
        hidden: LayerShape,
        activation: Activation = .tanh,
        context: Context = .none,
        units: Units = .trainedNode
    ) {
        self.hidden = hidden
        self.activation = activation
        self.context = context
        self.units = units
    }

    /// Values that f takes: cpu and mem of xₙ and of yₙ, then cpu, mem and split of the request, then the cluster's mean cpu
    /// and mem.
    var inputs: Int {
        switch context {
        case .none: SpaneArchitecture.serverInputs
        case .request: SpaneArchitecture.serverInputs + SpaneArchitecture.requestInputs
        case .cluster: SpaneArchitecture.serverInputs + SpaneArchitecture.requestInputs + 2
        }
    }
}

extension PotentialArchitecture: NetworkKind {
    static let name = "potential"

    static let fields =
        ArchitectureField.layers("hidden", width: 16, depth: 1, depthAttribute: "hidden_layers", of: "potential") + [
            .choice("activation", Activation.tanh, "The activation function of the hidden layers."),
            .choice(
                "context",
                Context.none,
                "Inputs of the potential besides the server: none, the request, or the request and the mean free capacity of "
                    + "the cluster."
            ),
            .choice(
                "units",
                Units.trainedNode,
                isImplied: true,
                "What the free amounts of a server are divided by: the node capacity of [data], or each node's own capacity, "
                    + "for fleets of unlike servers."
            ),
        ]

    init(_ values: ArchitectureValues, servers _: Int) throws(NetworkError) {
        self.init(
            hidden: try values.layers("hidden"),
            activation: try values.choice("activation"),
            context: try values.choice("context"),
            units: try values.choice("units")
        )
    }

    var values: [ParameterValue] {
        hidden.values + [.text(activation.rawValue), .text(context.rawValue), .text(units.rawValue)]
    }

    var servesAnyNodes: Bool { true }

    var seesNodesRelatively: Bool { units == .ownNode }

    var scoresServersApart: Bool { true }

    var read: [NetworkInput] {
        let nodes = NetworkInput.anyNodes(units)
        return switch context {
        case .none: nodes
        case .request: nodes + NetworkInput.request
        case .cluster: nodes + NetworkInput.request + NetworkInput.level
        }
    }

    /// The last layer has no bias: it would cancel.
    var tensorShapes: [TensorShape] {
        Array(hidden.tensorShapes(prefix: "potential", inputs: inputs, outputs: 1).dropLast())
    }

    func sessionBytes(servers: Int, nodes: Int) -> Int {
        let memo = max(
            ScoreCache.bytes + StateNumbers.bytes(servers: servers),
            GeneralPotentialScorer.bytes(self, nodes: nodes)
        )
        return memo + ScoreIndex.bytes(servers: servers) + servers * 32
    }

    func pack(_ tensors: TensorTable) -> any PackedNetwork { PotentialLayers(tensors, self) }
}

extension Architecture.Kind {
    /// ``PotentialArchitecture``
    package static let potential = Architecture.Kind(PotentialArchitecture.self) { .potential($0) }
}
