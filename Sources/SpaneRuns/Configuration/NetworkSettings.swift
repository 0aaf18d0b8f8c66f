package import SpaneNetworks
internal import SpaneSettings

/// `[network]`: the shape of the network.
package struct NetworkSettings: Sendable {
    /// The kind of network.
    package enum Kind: String, CaseIterable, Sendable {
        /// ``SpaneNetworks/SpaneArchitecture``
        case spane
        /// ``SpaneNetworks/AfterstateArchitecture``
        case afterstate
        /// ``SpaneNetworks/MLPArchitecture``
        case mlp
        /// ``SpaneNetworks/PotentialArchitecture``
        case potential
    }

    /// Width and depth of hidden layers.
    package struct Layers: Sendable {
        package var width: Int
        package var depth: Int
    }

    /// The kind of network; the other values count only where it has them.
    package var kind = Kind.spane
    package var server = Layers(width: 8, depth: 1)
    package var value = Layers(width: 8, depth: 1)
    package var advantage = Layers(width: 16, depth: 1)
    package var aggregators = [Aggregator.mean]
    package var hidden = Layers(width: 32, depth: 2)
    package var potential = Layers(width: 16, depth: 1)
    package var activation = Activation.tanh
    package var context = PotentialArchitecture.Context.none
    package var units = PotentialArchitecture.Units.trainedNode

    static var kindKey: Setting<NetworkSettings> { .choice("architecture", \.kind, "The kind of network.") }

    /// The keys of this kind.
    var keys: [Setting<NetworkSettings>] {
        switch kind {
        case .spane, .afterstate:
            Self.layers("server", \.server, "server embedding") + Self.layers("value", \.value, "value network")
                + Self.layers("advantage", \.advantage, "advantage network") + [Self.aggregatorsKey]
        case .mlp:
            Self.layers("hidden", \.hidden, "network")
        case .potential:
            Self.layers("hidden", \.potential, "potential") + [
                .choice("activation", \.activation, "What follows each hidden layer."),
                .choice(
                    "context",
                    \.context,
                    "What the potential sees beside the server: nothing, the request, or the "
                        + "request and the mean of what is left in the cluster."
                ),
                .choice(
                    "units",
                    \.units,
                    "What the amounts of a server are divided by: what a node of [data] has, or what each node has itself, for "
                        + "fleets of unlike servers."
                ).unless { $0.units == .trainedNode },
            ]
        }
    }

    private static func layers(
        _ name: String,
        _ path: WritableKeyPath<NetworkSettings, Layers>,
        _ whose: String
    ) -> [Setting<NetworkSettings>] {
        [
            .integer(
                "\(name)_width",
                path.appending(path: \.width),
                1...LayerShape.largestWidth,
                "Units of each hidden layer of the \(whose)."
            ),
            .integer(
                "\(name)_depth",
                path.appending(path: \.depth),
                1...LayerShape.largestDepth,
                "Hidden layers of the \(whose)."
            ),
        ]
    }

    private static var aggregatorsKey: Setting<NetworkSettings> {
        let rule = "a list of one or more of \"mean\", \"max\" and \"std\", each once"
        return Setting(
            name: "aggregators",
            comment: "How the embeddings of all servers become one.",
            rule: rule,
            read: { (network, value) throws(Refusal) in
                guard case .list(let values) = value else { throw Refusal(value: value, rule: rule) }
                var aggregators: [Aggregator] = []
                for item in values {
                    guard case .text(let name) = item, let aggregator = Aggregator(rawValue: name),
                        !aggregators.contains(aggregator)
                    else { throw Refusal(value: value, rule: rule) }
                    aggregators.append(aggregator)
                }
                guard !aggregators.isEmpty else { throw Refusal(value: value, rule: rule) }
                network.aggregators = aggregators
            },
            write: { .list($0.aggregators.map { .text($0.rawValue) }) }
        )
    }

    /// The shape, for clusters of `servers` servers where it is bound to a number.
    package func architecture(servers: Int) throws(NetworkError) -> Architecture {
        switch kind {
        case .spane:
            .spane(try parts())
        case .afterstate:
            .afterstate(AfterstateArchitecture(parts: try parts()))
        case .mlp:
            .mlp(try MLPArchitecture(hidden: hidden.shape("hidden"), servers: servers))
        case .potential:
            .potential(
                PotentialArchitecture(
                    hidden: try potential.shape("hidden"),
                    activation: activation,
                    context: context,
                    units: units
                )
            )
        }
    }

    private func parts() throws(NetworkError) -> SpaneArchitecture {
        try SpaneArchitecture(
            server: server.shape("server"),
            value: value.shape("value"),
            advantage: advantage.shape("advantage"),
            aggregators: aggregators
        )
    }

    /// Whether the network serves only clusters with as many servers as it was made for.
    var isBoundToServers: Bool { kind == .mlp }
}

extension NetworkSettings.Layers {
    fileprivate func shape(_ name: String) throws(NetworkError) -> LayerShape {
        try LayerShape(width: width, depth: depth, name: name)
    }
}
