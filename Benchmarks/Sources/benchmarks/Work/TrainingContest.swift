internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneTraining

/// A number of steps of a learner, from its beginning and on one thread. There is no peer.
struct TrainingContest: Contest {
    let steps: Int
    private let makeLearner: () throws -> any Learner

    private init(steps: Int, makeLearner: @escaping () throws -> any Learner) {
        self.steps = steps
        self.makeLearner = makeLearner
    }

    /// Episodes and gradient steps of the DQN of the paper.
    static func published(_ trace: Trace, servers: Int, steps: Int) throws -> TrainingContest {
        let source = try source(trace, servers)
        return TrainingContest(steps: steps) {
            try DQN(.published, architecture: .spane(.published()), source: source, seed: 1)
        }
    }

    /// Generations of a potential.
    static func potential(_ trace: Trace, servers: Int, steps: Int) throws -> TrainingContest {
        TrainingContest(steps: steps) { try evolution(trace, servers: servers, threads: 1) }
    }

    /// Before its first generation.
    static func evolution(_ trace: Trace, servers: Int, threads: Int) throws -> Evolution {
        let hidden = try LayerShape(width: 16, depth: 1)
        let architecture = PotentialArchitecture(hidden: hidden, activation: .tanh, context: .none)
        return try Evolution(
            EvolutionConfiguration(),
            architecture: .potential(architecture),
            source: source(trace, servers),
            seed: 1,
            threads: threads
        )
    }

    private static func source(_ trace: Trace, _ servers: Int) throws -> EpisodeSource {
        let workload = try EpisodeSource.Workload(trace: trace, starts: 0..<trace.count / 2)
        return try EpisodeSource(workloads: [workload], clusters: [Fleet(servers: servers)])
    }

    func runLibrary() throws -> Duration {
        let learner = try makeLearner()
        return try ContinuousClock().measure {
            for _ in 0..<steps { _ = try learner.step() }
        }
    }

    func runPeer() -> Duration { .zero }
}
