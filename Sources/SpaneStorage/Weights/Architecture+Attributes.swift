package import SpaneNetworks

/// How an architecture is written as attributes of a weights file.
extension Architecture {
    package enum Attribute {
        case text(String)
        case integer(Int)
    }

    package var attributes: [(name: String, value: Attribute)] {
        switch self {
        case .spane(let spane): [("architecture", .text("spane"))] + Self.attributes(of: spane)
        case .afterstate(let afterstate):
            [("architecture", .text("afterstate"))] + Self.attributes(of: afterstate.parts)
        case .mlp(let mlp):
            [
                ("architecture", .text("mlp")),
                ("hidden_width", .integer(mlp.hidden.width)),
                ("hidden_layers", .integer(mlp.hidden.depth)),
                ("servers", .integer(mlp.servers)),
            ]
        case .potential(let potential):
            [
                ("architecture", .text("potential")),
                ("hidden_width", .integer(potential.hidden.width)),
                ("hidden_layers", .integer(potential.hidden.depth)),
                ("activation", .text(potential.activation.rawValue)),
                ("context", .text(potential.context.rawValue)),
            ] + Self.attributes(of: potential.units)
        }
    }
}

extension Architecture {
    // Files of networks that know no other units stay what they were.
    private static func attributes(of units: PotentialArchitecture.Units) -> [(name: String, value: Attribute)] {
        units == .trainedNode ? [] : [("units", .text(units.rawValue))]
    }

    private static func attributes(of parts: SpaneArchitecture) -> [(name: String, value: Attribute)] {
        [
            ("aggregators", .text(parts.aggregators.map(\.rawValue).joined(separator: ","))),
            ("server_width", .integer(parts.server.width)),
            ("server_depth", .integer(parts.server.depth)),
            ("value_width", .integer(parts.value.width)),
            ("value_depth", .integer(parts.value.depth)),
            ("advantage_width", .integer(parts.advantage.width)),
            ("advantage_depth", .integer(parts.advantage.depth)),
        ]
    }
}

extension HDF5Reader {
    /// The architecture that the attributes describe.
    func architecture() throws -> Architecture {
        switch try string("architecture") {
        case "spane":
            return .spane(try parts())
        case "afterstate":
            return .afterstate(AfterstateArchitecture(parts: try parts()))
        case "mlp":
            return .mlp(try MLPArchitecture(hidden: hidden(), servers: required(integer: "servers")))
        case "potential":
            return .potential(
                PotentialArchitecture(
                    hidden: try hidden(),
                    activation: try named("activation"),
                    context: try named("context"),
                    units: try named("units", otherwise: .trainedNode)
                )
            )
        case let other:
            let found = other.map { "\"\($0)\"" } ?? "missing"
            throw error(
                .format,
                "attribute architecture is \(found); it must be \"spane\", \"afterstate\", \"mlp\" or \"potential\""
            )
        }
    }

    private func parts() throws -> SpaneArchitecture {
        try SpaneArchitecture(
            server: shape("server"),
            value: shape("value"),
            advantage: shape("advantage"),
            aggregators: aggregators()
        )
    }

    private func shape(_ name: String) throws -> LayerShape {
        try LayerShape(
            width: required(integer: "\(name)_width"),
            depth: required(integer: "\(name)_depth"),
            name: name
        )
    }

    private func hidden() throws -> LayerShape {
        try LayerShape(
            width: required(integer: "hidden_width"),
            depth: required(integer: "hidden_layers"),
            name: "hidden"
        )
    }

    private func named<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        otherwise missing: Value? = nil
    ) throws(StorageError) -> Value
    where Value.RawValue == String {
        guard let text = try string(name) else {
            if let missing { return missing }
            throw error(.format, "attribute \(name) is missing")
        }
        guard let value = Value(rawValue: text) else {
            let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(.format, "attribute \(name) is \"\(text)\"; it must be one of \(allowed)")
        }
        return value
    }

    private func aggregators() throws(StorageError) -> [Aggregator] {
        guard let text = try string("aggregators") else { throw error(.format, "attribute aggregators is missing") }
        var aggregators: [Aggregator] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let aggregator = Aggregator(rawValue: String(name)) else {
                throw error(.format, "attribute aggregators is \"\(text)\"; it may name mean, max and std")
            }
            aggregators.append(aggregator)
        }
        return aggregators
    }
}
