package import SpaneNetworks
internal import SpaneSettings

/// `[network]`: the shape of the network.
package struct NetworkSettings: Sendable {
    /// The kind of network, which knows the other keys.
    package var kind = Architecture.Kind.spane
    // Values that differ from the kind's initial ones.
    private var given: [String: ParameterValue] = [:]

    static var kindKey: Setting<NetworkSettings> {
        Setting("architecture", .choice(Architecture.kinds.map(\.name)), "The kind of network.") {
            .text($0.kind.name)
        } set: { network, value in
            if case .text(let name) = value, let kind = Architecture.kind(named: name) { network.kind = kind }
        }
    }

    /// The keys of this kind.
    var keys: [Setting<NetworkSettings>] {
        kind.fields.map { field in
            let key = Setting<NetworkSettings>(field.name, field.domain, field.summary) {
                $0[field.name] ?? field.initial
            } set: {
                $0[field.name] = $1
            }
            return field.isImplied ? key.unless { ($0[field.name] ?? field.initial) == field.initial } : key
        }
    }

    /// The value of a field; `nil` for the kind's initial one.
    package subscript(field: String) -> ParameterValue? {
        get { given[field] }
        set { given[field] = newValue }
    }

    /// The shape, for clusters of `servers` servers where it is bound to a number.
    package func architecture(servers: Int) throws(NetworkError) -> Architecture {
        try kind.architecture(given, servers: servers)
    }
}
