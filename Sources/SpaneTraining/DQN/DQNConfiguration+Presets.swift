package import SpaneNetworks

extension DQNConfiguration {
    /// A configuration that has a name.
    public struct Preset: Sendable {
        /// Its name.
        public let name: String
        /// The hyper-parameters.
        public let configuration: DQNConfiguration
        /// The kind of network that it is meant for.
        package let network: Architecture.Kind
    }

    /// The configurations that have a name, in the order in which they came about.
    public static let presets = [
        Preset(name: "published", configuration: published, network: .spane),
        Preset(name: "masked", configuration: masked, network: .spane),
        Preset(name: "monte-carlo", configuration: monteCarlo, network: .spane),
        Preset(name: "afterstate", configuration: afterstate, network: .afterstate),
        Preset(name: "mlpdqn", configuration: published, network: .mlp),
        Preset(name: "mlpaug", configuration: augmented, network: .mlp),
    ]

    /// The learner of the paper (section VI).
    public static let published = DQNConfiguration()

    /// `published` with a bootstrap target that maximises over available actions only.
    public static let masked = published.changing { $0.masksBootstrap = true }

    /// `published` with Monte-Carlo returns and no bootstrap.
    public static let monteCarlo = published.changing {
        $0.returns = .monteCarlo
        $0.discount = 1
    }

    /// `monteCarlo` with less exploration, for networks that see servers as placements leave them.
    public static let afterstate = monteCarlo.changing { $0.epsilonStart = 0.2 }

    /// `published` that stores each episode in five permutations of the servers.
    public static let augmented = published.changing { $0.permutations = 5 }

    private func changing(_ change: (inout DQNConfiguration) -> Void) -> DQNConfiguration {
        var other = self
        change(&other)
        return other
    }
}
