internal import SpaneScheduling

/// The symmetry-preserving network of SPANE (section IV): one embedding shared by all servers, pooled into an embedding
/// of the cluster; a value of the cluster, and an advantage of each server's two actions.
///
/// e_s = server([cpu₀, mem₀, cpu₁, mem₁]), c = [aggregator₁(e), aggregator₂(e), …],
/// Q(s, a) = value([c, request]) + advantage([e_s, c, request])_a - mean of all advantages.
/// The parameters do not depend on the number of servers, and permuting the servers permutes Q.
public struct SpaneArchitecture: Equatable, Sendable {
    /// The server embedding; its output is as wide as its hidden layers.
    public let server: LayerShape
    /// The value network.
    public let value: LayerShape
    /// The advantage network.
    public let advantage: LayerShape
    /// The poolings of the server embeddings, in the order in which they are concatenated.
    public let aggregators: [Aggregator]

    /// Describes a network.
    ///
    /// - Throws: ``NetworkError`` when `aggregators` is empty or names one twice.
    public init(
        server: LayerShape,
        value: LayerShape,
        advantage: LayerShape,
        aggregators: [Aggregator]
    ) throws(NetworkError) {
        let names = aggregators.map(\.rawValue)
        guard !names.isEmpty, Set(names).count == names.count else {
            throw NetworkError(
                "aggregators is \"\(names.joined(separator: ","))\"; it must name one or more of mean, max, std, each once"
            )
        }
        self.server = server
        self.value = value
        self.advantage = advantage
        self.aggregators = aggregators
    }

    /// The network of the paper: server (8, 1), value (8, 1), advantage (16, 1), mean.
    public static func published() throws(NetworkError) -> SpaneArchitecture {
        try SpaneArchitecture(
            server: LayerShape(width: 8, depth: 1),
            value: LayerShape(width: 8, depth: 1),
            advantage: LayerShape(width: 16, depth: 1),
            aggregators: [.mean]
        )
    }

    /// Values that describe one server: cpu and mem left on each NUMA node.
    static let serverInputs = 2 * NUMATopology.nodesPerServer
    /// Values that describe the request: cpu, mem, split.
    static let requestInputs = 3

    /// Values of the cluster embedding.
    var clusterWidth: Int { aggregators.count * server.width }

    /// The tensors of a network whose advantage layers have so many outputs.
    func tensorShapes(advantages: Int) -> [TensorShape] {
        server.tensorShapes(prefix: "server_embedding", inputs: Self.serverInputs, outputs: server.width)
            + value.tensorShapes(prefix: "value_layers", inputs: clusterWidth + Self.requestInputs, outputs: 1)
            + advantage.tensorShapes(
                prefix: "adv_layers",
                inputs: server.width + clusterWidth + Self.requestInputs,
                outputs: advantages
            )
    }
}

extension SpaneArchitecture: NetworkKind {
    static let name = "spane"

    static let fields =
        ArchitectureField.layers("server", width: 8, depth: 1, of: "server embedding")
        + ArchitectureField.layers("value", width: 8, depth: 1, of: "value network")
        + ArchitectureField.layers("advantage", width: 16, depth: 1, of: "advantage network") + [
            .subset("aggregators", [Aggregator.mean], "How the server embeddings are pooled.")
        ]

    init(_ values: ArchitectureValues, servers _: Int) throws(NetworkError) {
        try self.init(
            server: values.layers("server"),
            value: values.layers("value"),
            advantage: values.layers("advantage"),
            aggregators: values.subset("aggregators")
        )
    }

    var values: [ParameterValue] {
        server.values + value.values + advantage.values + [.texts(aggregators.map(\.rawValue))]
    }

    var tensorShapes: [TensorShape] { tensorShapes(advantages: NUMATopology.nodesPerServer) }

    func sessionBytes(servers: Int, nodes _: Int) -> Int {
        // Server embeddings, what the first advantage layer makes of them, what is left and where it stands in lists.
        let row = (Linear.padded(server.width) + advantage.width) * MemoryLayout<Float>.stride + 96
        return (servers + Shortlists.places) * row
    }

    func pack(_ tensors: TensorTable) -> any PackedNetwork { SpaneLayers(tensors, self) }
}

extension Architecture.Kind {
    /// ``SpaneArchitecture``
    package static let spane = Architecture.Kind(SpaneArchitecture.self) { .spane($0) }
}
