public import SpaneScheduling

/// The weights of one network. Immutable: threads may share it freely, each with a session of its own.
public final class Model: Sendable {
    /// The shape of the network.
    public let architecture: Architecture
    /// What its inputs are divided by.
    public let normalisation: Normalisation
    /// The parameters, in the order of ``Architecture/tensorShapes``.
    public let tensors: [Tensor]

    private let packed: Packed

    private enum Packed: Sendable {
        case spane(SpaneLayers)
        case afterstate(AfterstateLayers)
        case mlp(MLPLayers)
        case potential(PotentialLayers)
    }

    /// Checks the tensors against the architecture.
    ///
    /// - Throws: ``NetworkError`` naming the tensor that is missing, misshapen, unknown or not finite.
    public init(architecture: Architecture, normalisation: Normalisation, tensors: [Tensor]) throws(NetworkError) {
        let expected = architecture.tensorShapes
        var ordered: [Tensor] = []
        for shape in expected {
            guard let tensor = tensors.first(where: { $0.shape.name == shape.name }) else {
                throw NetworkError("\(shape.name) is missing")
            }
            try tensor.check(against: shape)
            ordered.append(tensor)
        }
        if let extra = tensors.first(where: { tensor in !expected.contains { $0.name == tensor.shape.name } }) {
            throw NetworkError("\(extra.shape.name) does not belong to this architecture")
        }
        guard tensors.count == expected.count else { throw NetworkError("a tensor is given twice") }
        self.architecture = architecture
        self.normalisation = normalisation
        self.tensors = ordered
        let source = TensorTable(ordered)
        packed =
            switch architecture {
            case .spane(let architecture): .spane(SpaneLayers(source, architecture))
            case .mlp(let architecture): .mlp(MLPLayers(source, architecture))
            case .afterstate(let architecture): .afterstate(AfterstateLayers(source, architecture))
            case .potential(let architecture): .potential(PotentialLayers(source, architecture))
            }
    }

    /// The parameters in one row, as ``parameters`` gives them.
    ///
    /// - Throws: ``NetworkError`` when their number is wrong or one is not finite.
    public convenience init(
        architecture: Architecture,
        normalisation: Normalisation,
        parameters: [Float]
    ) throws(NetworkError) {
        guard parameters.count == architecture.parameterCount else {
            throw NetworkError(
                "there are \(parameters.count) parameters; this architecture has \(architecture.parameterCount)"
            )
        }
        var rest = parameters[...]
        var tensors: [Tensor] = []
        for shape in architecture.tensorShapes {
            tensors.append(Tensor(shape: shape, values: Array(rest.prefix(shape.count))))
            rest = rest.dropFirst(shape.count)
        }
        try self.init(architecture: architecture, normalisation: normalisation, tensors: tensors)
    }

    /// The parameters in one row: those of each tensor in the order of ``Architecture/tensorShapes``, row by row.
    public var parameters: [Float] { tensors.flatMap(\.values) }

    /// Random weights: Kaiming uniform for ReLU, each weight in ±√(6 / inputs), biases zero.
    public convenience init(
        architecture: Architecture,
        normalisation: Normalisation = .published,
        generator: inout Xoshiro256StarStar
    ) throws(NetworkError) {
        var tensors: [Tensor] = []
        for shape in architecture.tensorShapes {
            let isBias = shape.dimensions.count == 1
            let bound = isBias ? 0 : (6 / Double(shape.dimensions[1])).squareRoot()
            let values = (0..<shape.count).map { _ in isBias ? 0 : Float((2 * generator.uniform() - 1) * bound) }
            tensors.append(Tensor(shape: shape, values: values))
        }
        try self.init(architecture: architecture, normalisation: normalisation, tensors: tensors)
    }

    /// Prepares to score placements on a cluster of this configuration.
    ///
    /// - Throws: ``NetworkError`` when the network cannot serve the cluster: one bound to another number of servers,
    ///   or weights so large that sums over the servers could overflow.
    /// - Complexity: O(parameters), plus storage of O(servers * widths).
    public func makeSession(for fleet: Fleet) throws(NetworkError) -> any ScoringPolicy {
        try makeSession(ClusterShape(fleet))
    }

    /// Prepares to score placements on this cluster.
    ///
    /// - Throws: as ``makeSession(for:)``.
    public func makeSession(on cluster: borrowing ClusterState) throws(NetworkError) -> any ScoringPolicy {
        try makeSession(ClusterShape(cluster))
    }

    /// Refuses servers with other numbers of NUMA nodes than the network decides about.
    package func check(serves cluster: borrowing ClusterState) throws(NetworkError) {
        if architecture.isPotential { return }
        try ClusterShape(cluster).checkHasTwoNodes(architecture.name)
    }

    /// As ``check(serves:)``, for servers that are yet to be made.
    package func check(serves fleet: Fleet) throws(NetworkError) {
        if architecture.isPotential { return }
        try ClusterShape(fleet).checkHasTwoNodes(architecture.name)
    }

    private func makeSession(_ shape: ClusterShape) throws(NetworkError) -> any ScoringPolicy {
        if case .potential(let layers) = packed {
            return PotentialSession(layers, normalisation, shape)
        }
        try shape.checkHasTwoNodes(architecture.name)
        return switch packed {
        case .spane(let layers): try SpaneSession(layers, normalisation, shape)
        case .mlp(let layers): try MLPSession(layers, normalisation, servers: shape.serverCount)
        case .afterstate(let layers): try AfterstateSession(layers, normalisation, shape)
        case .potential(let layers): PotentialSession(layers, normalisation, shape)
        }
    }
}

/// Checked tensors by name.
struct TensorTable {
    private let tensors: [String: Tensor]

    init(_ tensors: [Tensor]) {
        self.tensors = Dictionary(uniqueKeysWithValues: tensors.map { ($0.shape.name, $0) })
    }

    subscript(name: String) -> Tensor {
        guard let tensor = tensors[name] else { preconditionFailure("\(name) is not a tensor of this architecture") }
        return tensor
    }
}

extension Tensor {
    fileprivate func check(against expected: TensorShape) throws(NetworkError) {
        guard shape.dimensions == expected.dimensions else {
            throw NetworkError(
                "\(shape.name) has shape \(shape.dimensions); this architecture has \(expected.dimensions)"
            )
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw NetworkError("\(shape.name) has the value \(values[index]) at index \(index); all must be finite")
        }
    }
}
