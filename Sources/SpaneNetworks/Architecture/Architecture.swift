/// The shape of a network.
public enum Architecture: Equatable, Sendable {
    /// ``SpaneArchitecture``
    case spane(SpaneArchitecture)
    /// ``AfterstateArchitecture``
    case afterstate(AfterstateArchitecture)
    /// ``MLPArchitecture``
    case mlp(MLPArchitecture)
    /// ``PotentialArchitecture``
    case potential(PotentialArchitecture)

    /// All kinds of networks.
    package static let kinds: [Kind] = [.spane, .afterstate, .mlp, .potential]

    /// What its kind knows.
    var network: any NetworkKind {
        switch self {
        case .spane(let network): network
        case .afterstate(let network): network
        case .mlp(let network): network
        case .potential(let network): network
        }
    }

    /// Whether what it says of a server depends on that server and the request alone.
    package var scoresServersApart: Bool { network.scoresServersApart }

    /// Its parameter tensors in order.
    public var tensorShapes: [TensorShape] { network.tensorShapes }

    /// The number of parameters.
    public var parameterCount: Int { tensorShapes.reduce(0) { $0 + $1.count } }
}

extension Architecture {
    /// A kind of network.
    package struct Kind: Sendable, Equatable {
        /// Its name in files and configurations.
        package let name: String
        /// What tells its networks from each other.
        package let fields: [ArchitectureField]
        /// Whether a network serves only clusters with as many servers as it was made for.
        package let isBoundToServers: Bool
        private let make: @Sendable (ArchitectureValues, Int) throws(NetworkError) -> Architecture

        init<Network: NetworkKind>(
            _: Network.Type,
            _ wrap: @escaping @Sendable (Network) -> Architecture
        ) {
            name = Network.name
            fields = Network.fields
            isBoundToServers = Network.isBoundToServers
            make = { (values, servers) throws(NetworkError) in wrap(try Network(values, servers: servers)) }
        }

        package static func == (left: Kind, right: Kind) -> Bool { left.name == right.name }

        /// A network of this kind.
        ///
        /// - Parameters:
        ///   - values: those that differ from the initial ones, by the names of their fields.
        ///   - servers: the number of servers, for a kind that is bound to one.
        /// - Throws: ``NetworkError`` when a value is out of its range.
        package func architecture(
            _ values: [String: ParameterValue] = [:],
            servers: Int = 1
        ) throws(NetworkError) -> Architecture {
            try make(ArchitectureValues(values, of: fields), servers)
        }
    }

    /// The kind of this name; `nil` when there is none.
    package static func kind(named name: String) -> Kind? { kinds.first { $0.name == name } }

    /// Its kind.
    package var kind: Kind {
        guard let kind = Self.kind(named: name) else { preconditionFailure("\(name) is not among the kinds") }
        return kind
    }

    /// Its name in files and configurations.
    package var name: String { type(of: network).name }

    /// What tells it from other networks of its kind.
    package var values: [(field: ArchitectureField, value: ParameterValue)] {
        Array(zip(type(of: network).fields, network.values))
    }

    /// The number of servers that it is bound to; `nil` for any.
    package var boundServers: Int? { network.boundServers }
}
