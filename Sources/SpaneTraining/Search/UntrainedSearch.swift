public import SpaneEvaluation
public import SpaneNetworks
internal import SpaneScheduling

/// Draws random networks and keeps those that place best, without training any.
///
/// The symmetry of SPANE makes some untrained networks useful policies, so this is the control that any claim of
/// learning has to beat: the same number of candidates, chosen the same way.
public struct UntrainedSearch: Sendable {
    /// One network that was drawn.
    public struct Trial: Equatable, Sendable {
        /// The number of the trial, 0 ..< trials; with the seed of the search it gives the weights again.
        public let index: Int
        /// The trimmed mean total wait on the episodes of the search, in seconds.
        public let trimmedMean: Double
    }

    /// The shape of every network.
    public let architecture: SpaneArchitecture
    /// What the inputs are divided by.
    public let normalisation: Normalisation
    /// The seed of the whole search.
    public let seed: UInt64

    /// Describes a search.
    public init(architecture: SpaneArchitecture, normalisation: Normalisation, seed: UInt64) {
        self.architecture = architecture
        self.normalisation = normalisation
        self.seed = seed
    }

    /// The network of a trial.
    public func model(ofTrial index: Int) throws(NetworkError) -> Model {
        var generator = Xoshiro256StarStar(seed: seed, stream: UInt64(index))
        return try Model(
            architecture: .spane(architecture),
            normalisation: normalisation,
            generator: &generator
        )
    }

    /// Plays the plan with every network, trials in parallel, and ranks them: best first, ties to the lower index.
    ///
    /// The ranking does not depend on the number of threads.
    public func run(
        trials: Int,
        on plan: EpisodePlan,
        threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws -> [Trial] {
        let results = try parallelMap(
            count: trials,
            threads: threads,
            progress: progress,
            makeState: {},
            { _, index in
                let evaluation = try Evaluation(of: .model(model(ofTrial: index)), on: plan)
                return Trial(index: index, trimmedMean: WaitMetric.trimmedMean10.value(of: evaluation.totalWaits))
            }
        )
        return results.sorted { ($0.trimmedMean, $0.index) < ($1.trimmedMean, $1.index) }
    }
}
