extension DQNConfiguration {
    /// The configurations that have a name, in the order in which they came about.
    public static let presets: [(name: String, configuration: DQNConfiguration)] = [
        ("published", .published),
        ("masked", .masked),
        ("monte-carlo", .monteCarlo),
        ("afterstate", .afterstate),
        ("mlpdqn", .mlpdqn),
        ("mlpaug", .mlpaug),
    ]

    /// The learner of the paper (section VI).
    public static let published = DQNConfiguration()

    /// `published` with a bootstrap that looks at available actions only.
    public static let masked = published.changing { $0.masksBootstrap = true }

    /// `published` with all rewards to the end of the episode and no bootstrap.
    public static let monteCarlo = published.changing {
        $0.returns = .monteCarlo
        $0.discount = 1
    }

    /// `monteCarlo` with a network that sees servers as placements leave them, and less exploration.
    public static let afterstate = monteCarlo.changing {
        $0.network = .afterstate
        $0.epsilonStart = 0.2
    }

    /// The plain network that the paper compares with.
    public static let mlpdqn = published.changing { $0.network = .mlp }

    /// `mlpdqn` that remembers each episode in five orders of the servers.
    public static let mlpaug = mlpdqn.changing { $0.permutations = 5 }

    private func changing(_ change: (inout DQNConfiguration) -> Void) -> DQNConfiguration {
        var other = self
        change(&other)
        return other
    }
}
