internal import SpaneEvaluation
public import SpaneNetworks
internal import SpaneScheduling

/// Trains any network by an evolution strategy: CMA-ES over its weights, on the waits of whole episodes.
///
/// All candidates of a generation play the same episodes, which leaves only their own difference. As every generation plays
/// others, the mean of the distribution keeps wandering; the model is an average of where it was, mostly of late
/// (polynomial-decay averaging, Shamir and Zhang, 2013).
public final class Evolution: Learner {
    private let configuration: EvolutionConfiguration
    private let architecture: Architecture
    private let normalisation: Normalisation
    // Where episodes are drawn.
    private let stage: EnvironmentPool
    private let threads: Int
    // Kaiming's standard deviation of each weight; the strategy works in units of it.
    private let scales: [Double]
    private var strategy: CMAES
    private var average: [Double]
    private var generator: Xoshiro256StarStar

    // Of 100 generations the last 30 have two thirds of the weight.
    private static let averagingPower = 2.0

    /// Prepares to train.
    ///
    /// - Parameters:
    ///   - configuration: the hyper-parameters.
    ///   - architecture: the network.
    ///   - normalisation: what the inputs of the network are divided by.
    ///   - source: where episodes come from.
    ///   - seed: of all random choices.
    ///   - threads: the threads that play episodes; the result does not depend on them.
    /// - Throws: ``ConfigurationError``.
    public init(
        _ configuration: EvolutionConfiguration,
        architecture: Architecture,
        normalisation: Normalisation = .published,
        source: EpisodeSource,
        seed: UInt64,
        threads: Int = 1
    ) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.architecture = architecture
        self.normalisation = normalisation
        stage = EnvironmentPool(source)
        self.threads = threads
        generator = Xoshiro256StarStar(seed: seed, stream: 0)
        scales = architecture.kaimingScales
        var mean = Array(repeating: 0.0, count: scales.count)
        if configuration.startsFromRandomWeights {
            for index in mean.indices { mean[index] = generator.normal() }
        }
        average = mean
        strategy = CMAES(
            mean: mean,
            sigma: configuration.sigma,
            population: configuration.population,
            covariance: configuration.covariance
        )
    }

    /// The generations done.
    public var stepsDone: Int { strategy.generation }

    /// The generations to do.
    public var stepsPlanned: Int { configuration.generations }

    /// The model with the average of the distribution's means, or with its present mean.
    public func model() throws -> Model { try model(configuration.averagesMeans ? average : strategy.mean) }

    /// Lets one generation play.
    ///
    /// - Complexity: O(population * episodes * length) decisions.
    public func step() throws -> [Metric] {
        let episodes = try (0..<configuration.episodes).map { _ in try stage.draw(using: &generator) }
        let points = strategy.ask(&generator)
        let source = stage.source
        let models = try points.map { try model($0) }
        let waits = try parallelMap(
            count: points.count,
            threads: threads,
            makeState: { EnvironmentPool(source) },
            { stage, index in try stage.play(episodes, with: models[index]) }
        )
        let scales = WaitMetric.Scales(logScale: configuration.logScale)
        let values = waits.map { configuration.objective.value(of: $0, scales) }
        strategy.tell(values)
        // The mean of the first generation counts in full, later ones less and less.
        let share = (Self.averagingPower + 1) / (Double(strategy.generation) + Self.averagingPower)
        for index in average.indices { average[index] += share * (strategy.mean[index] - average[index]) }
        return [
            Metric("objective_best", values.min() ?? 0),
            Metric("objective_mean", Statistics.mean(values)),
            Metric("sigma", strategy.sigma),
            Metric("wait_mean", Statistics.mean(waits.map { Statistics.mean($0) })),
        ]
    }

    /// The distribution and the generator.
    public var state: LearnerState {
        var state = LearnerState()
        strategy.save(to: &state)
        state.set("average", average)
        state.set("generator", generator)
        return state
    }

    /// Takes over the distribution and the generator.
    public func restore(_ state: LearnerState) throws {
        let generator = try state.generator("generator")
        let average = try state.doubles("average", count: average.count)
        try strategy.restore(state)
        self.average = average
        self.generator = generator
    }

    private func model(_ point: [Double]) throws(NetworkError) -> Model {
        let parameters = zip(point, scales).map { Float($0 * $1) }
        return try Model(architecture: architecture, normalisation: normalisation, parameters: parameters)
    }
}

extension Architecture {
    /// For each parameter the standard deviation of Kaiming's uniform weights, √(2 / inputs); of a bias that of its layer.
    fileprivate var kaimingScales: [Double] {
        var scales: [Double] = []
        var scale = 1.0
        for shape in tensorShapes {
            if shape.dimensions.count == 2 { scale = (2 / Double(shape.dimensions[1])).squareRoot() }
            scales += Array(repeating: scale, count: shape.count)
        }
        return scales
    }
}

extension EnvironmentPool {
    /// The total waits of a model in some episodes, in seconds.
    fileprivate func play(_ episodes: [TrainingEpisode], with model: Model) throws -> [Double] {
        // Those on equal clusters together: one policy plays all, and what it remembers of servers serves all.
        let order = episodes.indices.sorted { (episodes[$0].cluster, $0) < (episodes[$1].cluster, $1) }
        var waits = Array(repeating: 0.0, count: episodes.count)
        var policy: (any ScoringPolicy)?
        for index in order {
            let present = try policy ?? model.makeSession(for: source.clusters[episodes[index].cluster])
            policy = present
            waits[index] = try begin(episodes[index]).withEnvironment { environment in
                try present.adapt(to: environment.cluster)
                var some: any Policy = present
                try environment.finish(with: &some)
                return environment.totalWait
            }
        }
        return waits
    }
}
