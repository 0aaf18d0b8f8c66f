package import SpaneNetworks
internal import SpaneScheduling
package import SpaneSettings
package import SpaneTraining

/// What one algorithm adds to a configuration: the keys of `[learner]`, and the learner that they describe.
package protocol LearnerSettings: Sendable {
    /// The value of `learner.algorithm`.
    static var algorithm: String { get }

    /// Its keys, without `algorithm`.
    static var keys: [Setting<Self>] { get }

    /// The defaults.
    init()

    /// What is wrong with values that are each fine, or with this network; `nil` when nothing is. Begins with the name of a
    /// key.
    func contradiction(with network: NetworkSettings) -> String?

    /// Makes the learner.
    func makeLearner(_ parts: LearnerParts) throws -> any Learner
}

extension LearnerSettings {
    package func contradiction(with network: NetworkSettings) -> String? { nil }
}

/// What a learner is made of, beside its own settings.
package struct LearnerParts {
    /// The network.
    package let network: NetworkSettings
    /// What its inputs are divided by.
    package let normalisation: Normalisation
    /// Where episodes come from.
    package let source: EpisodeSource
    /// The seed of every random choice.
    package let seed: UInt64
    /// The threads that it may use.
    package let threads: Int

    /// The shape of the network; the servers are those of the first cluster, of which there is one kind only where it counts.
    package var architecture: Architecture {
        get throws(NetworkError) { try network.architecture(servers: source.clusters[0].serverCount) }
    }

    package init(
        network: NetworkSettings,
        normalisation: Normalisation,
        source: EpisodeSource,
        seed: UInt64,
        threads: Int
    ) {
        self.network = network
        self.normalisation = normalisation
        self.source = source
        self.seed = seed
        self.threads = threads
    }
}
