internal import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneTraining

/// The same work of the library on two threads and, as its peer, on one.
struct ThreadContest: Contest {
    private let work: (_ threads: Int) throws -> Void

    /// Episodes of a network, as `spane evaluate` plays them.
    static func evaluation(_ trace: Trace, servers: Int, episodes: Int, model: Model) throws -> ThreadContest {
        let plan = try plan(trace, servers, episodes)
        return ThreadContest { threads in _ = try Evaluation(of: .model(model), on: plan, threads: threads) }
    }

    /// Trials of a random search, each of which plays the same episodes.
    static func search(_ trace: Trace, servers: Int, trials: Int) throws -> ThreadContest {
        let plan = try plan(trace, servers, 20)
        let search = try UntrainedSearch(architecture: .published(), normalisation: .published, seed: 1)
        return ThreadContest { threads in _ = try search.run(trials: trials, on: plan, threads: threads) }
    }

    /// Generations of a potential.
    static func evolution(_ trace: Trace, servers: Int, steps: Int) throws -> ThreadContest {
        ThreadContest { threads in
            let learner = try TrainingContest.evolution(trace, servers: servers, threads: threads)
            for _ in 0..<steps { _ = try learner.step() }
        }
    }

    private static func plan(_ trace: Trace, _ servers: Int, _ episodes: Int) throws -> EpisodePlan {
        let starts = (0..<episodes).map { trace.count / 2 / episodes * $0 }
        return try EpisodePlan(Scenario(trace, on: Fleet(servers: servers)), starts: starts)
    }

    func runLibrary() throws -> Duration { try run(threads: 2) }

    func runPeer() throws -> Duration { try run(threads: 1) }

    private func run(threads: Int) throws -> Duration { try ContinuousClock().measure { try work(threads) } }
}
