internal import SpaneScheduling

/// The plain dueling network that SPANE is compared with (MLPDQN, and MLPAUG when trained on permuted copies).
///
/// x = hidden layers of [resources of all servers, request], then one ReLU layer as wide as there are actions;
/// Q(s, a) = value(x) + advantage(x)_a - mean of all advantages. It is bound to one number of servers.
public struct MLPArchitecture: Equatable, Sendable {
    /// The hidden layers before the one of as many units as actions.
    public let hidden: LayerShape
    /// The number of servers, 1 ... ``largestServers``.
    public let servers: Int

    /// The most servers that such a network may be bound to.
    public static let largestServers = 4096

    /// Describes a network for `servers` servers.
    ///
    /// - Throws: ``NetworkError`` when the number of servers is out of range.
    public init(hidden: LayerShape, servers: Int) throws(NetworkError) {
        guard servers >= 1, servers <= Self.largestServers else {
            throw NetworkError("servers is \(servers); it must be in 1 ... \(Self.largestServers)")
        }
        self.hidden = hidden
        self.servers = servers
    }

    var actions: Int { servers * NUMATopology.nodesPerServer }

    var inputs: Int { servers * SpaneArchitecture.serverInputs + SpaneArchitecture.requestInputs }
}

extension MLPArchitecture: NetworkKind {
    static let name = "mlp"

    static let fields = ArchitectureField.layers(
        "hidden",
        width: 32,
        depth: 2,
        depthAttribute: "hidden_layers",
        of: "network"
    )

    static var isBoundToServers: Bool { true }

    init(_ values: ArchitectureValues, servers: Int) throws(NetworkError) {
        try self.init(hidden: values.layers("hidden"), servers: servers)
    }

    var values: [ParameterValue] { hidden.values }

    var boundServers: Int? { servers }

    var tensorShapes: [TensorShape] {
        hidden.tensorShapes(prefix: "fc", inputs: inputs, outputs: actions)
            + TensorShape.linear("value", inputs: actions, outputs: 1)
            + TensorShape.linear("adv", inputs: actions, outputs: actions)
    }

    func sessionBytes(servers _: Int, nodes _: Int) -> Int { 4 * (inputs + actions) * MemoryLayout<Float>.stride }

    func pack(_ tensors: TensorTable) -> any PackedNetwork { MLPLayers(tensors, self) }
}

extension Architecture.Kind {
    /// ``MLPArchitecture``
    package static let mlp = Architecture.Kind(MLPArchitecture.self) { .mlp($0) }
}
