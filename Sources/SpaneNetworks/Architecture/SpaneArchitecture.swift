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

    var tensorShapes: [TensorShape] { tensorShapes(advantages: NUMATopology.nodesPerServer) }

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
