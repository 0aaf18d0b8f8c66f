/// What a kind of network knows about itself. The rest of the library asks here, and not which kind it is.
protocol NetworkKind: Equatable, Sendable {
    /// Its name in files and configurations.
    static var name: String { get }
    /// What tells its networks from each other.
    static var fields: [ArchitectureField] { get }
    /// Whether a network serves only clusters with as many servers as it was made for.
    static var isBoundToServers: Bool { get }

    /// A network with these values, for so many servers where it is bound to their number.
    init(_ values: ArchitectureValues, servers: Int) throws(NetworkError)
    /// Its values in the order of ``fields``.
    var values: [ParameterValue] { get }
    /// The number of servers that it is bound to.
    var boundServers: Int? { get }
    /// Whether servers may have any numbers of NUMA nodes, and not only two.
    var servesAnyNodes: Bool { get }
    /// Whether it sees every node relative to itself, so that it is made for nodes of any size.
    var seesNodesRelatively: Bool { get }
    /// Whether what it says of a server depends on that server and the request alone, so that scores are remembered.
    var scoresServersApart: Bool { get }
    /// What it reads, in its order.
    var read: [NetworkInput] { get }
    /// Its parameter tensors in order.
    var tensorShapes: [TensorShape] { get }

    /// The bytes that a session takes beside what every session does.
    func sessionBytes(servers: Int, nodes: Int) -> Int
    /// Packs the parameters for the kernels.
    func pack(_ tensors: TensorTable) -> any PackedNetwork
}

extension NetworkKind {
    static var isBoundToServers: Bool { false }
    var boundServers: Int? { nil }
    var servesAnyNodes: Bool { false }
    var seesNodesRelatively: Bool { false }
    var scoresServersApart: Bool { false }
    var read: [NetworkInput] { NetworkInput.twoNodes + NetworkInput.request }
}

/// The layers of a network packed for the kernels; shared by all sessions of a model.
protocol PackedNetwork: AnyObject, Sendable {
    /// Prepares to score placements on a cluster whose servers have numbers of NUMA nodes that the network serves.
    ///
    /// - Throws: as ``Model/makeSession(for:)``.
    func makeSession(_ normalisation: Normalisation, _ shape: ClusterShape) throws(NetworkError) -> any ScoringPolicy
}
