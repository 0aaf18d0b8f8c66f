internal import SpaneScheduling

/// A network with the parts of SPANE whose advantage of a placement looks at the server as the placement leaves it.
///
/// A(placement) = h([e(x₀, x₁), c, request]) + h([e(x₁, x₀), c, request]) with xₙ the cores and the memory that node n
/// of the server has left afterwards, e the server embedding and h an advantage network with one output. The cluster
/// embedding c pools the embeddings of all servers as they are, each in both orders of its nodes, so which of its nodes
/// comes first matters nowhere: swapping the nodes of a server swaps the scores of its two actions.
///
/// Q(s, a) = value([c, request]) + A(a) - mean of A over the available actions. An unavailable action has the score
/// that follows from the formula with amounts below zero, and no part in the mean.
public struct AfterstateArchitecture: Equatable, Sendable {
    /// The embedding, the value network, the advantage network and the poolings.
    public let parts: SpaneArchitecture

    /// Describes a network with these parts.
    public init(parts: SpaneArchitecture) { self.parts = parts }
}

extension AfterstateArchitecture: NetworkKind {
    static let name = "afterstate"

    static var fields: [ArchitectureField] { SpaneArchitecture.fields }

    init(_ values: ArchitectureValues, servers: Int) throws(NetworkError) {
        self.init(parts: try SpaneArchitecture(values, servers: servers))
    }

    var values: [ParameterValue] { parts.values }

    var tensorShapes: [TensorShape] { parts.tensorShapes(advantages: 1) }

    func sessionBytes(servers: Int, nodes _: Int) -> Int {
        let row = NUMATopology.nodesPerServer * Linear.padded(parts.server.width) * MemoryLayout<Float>.stride
        return servers * (row + 64)
    }

    func pack(_ tensors: TensorTable) -> any PackedNetwork { AfterstateLayers(tensors, self) }
}

extension Architecture.Kind {
    /// ``AfterstateArchitecture``
    package static let afterstate = Architecture.Kind(AfterstateArchitecture.self) { .afterstate($0) }
}
