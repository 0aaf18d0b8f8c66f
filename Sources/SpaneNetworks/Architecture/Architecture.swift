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

    /// Its name in files and configurations.
    package var name: String {
        switch self {
        case .spane: "spane"
        case .afterstate: "afterstate"
        case .mlp: "mlp"
        case .potential: "potential"
        }
    }

    /// Whether what it says of a server depends on that server and the request alone.
    package var isPotential: Bool {
        if case .potential = self { return true }
        return false
    }

    /// Its parameter tensors in order.
    public var tensorShapes: [TensorShape] {
        switch self {
        case .spane(let architecture): architecture.tensorShapes
        case .afterstate(let architecture): architecture.tensorShapes
        case .mlp(let architecture): architecture.tensorShapes
        case .potential(let architecture): architecture.tensorShapes
        }
    }

    /// The number of parameters.
    public var parameterCount: Int { tensorShapes.reduce(0) { $0 + $1.count } }
}
