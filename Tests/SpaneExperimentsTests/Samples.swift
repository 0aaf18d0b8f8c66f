import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport

/// A small experiment.
enum Samples {
    static func trace() throws -> Trace {
        var generator = Xoshiro256StarStar(seed: 21)
        return try Trace(RandomTrace.vms(.fractional, count: 600, servers: 3, &generator))
    }

    /// Two heuristics and a group of two random ones on 2 and 3 servers, 40 episodes.
    static func experiment(
        kind: Experiment.Kind = .flexibility,
        starts: [Int]? = nil,
        until end: EpisodeEnd = .automatic,
        servers: [Int] = [2, 3],
        policies: [Experiment.Policy]? = nil,
        moves: [MoveLimits] = []
    ) throws -> Experiment {
        try Experiment(
            kind: kind,
            trace: trace(),
            description: TraceDescription(source: "a test", licence: "CC0"),
            starts: starts ?? Starts.sample(0..<300, count: 40, seed: 1),
            until: end,
            clusters: servers.map { try Fleet(servers: $0, node: RandomTrace.node) },
            policies: policies ?? [
                Experiment.Policy(name: "balance-fit", source: .heuristic(.balanceFit)),
                Experiment.Policy(name: "chance/1", group: "chance", source: .heuristic(.random(seed: 1))),
                Experiment.Policy(name: "chance/2", group: "chance", source: .heuristic(.random(seed: 2))),
            ],
            moves: moves
        )
    }

    static func manifest(_ experiment: Experiment) -> ExperimentManifest {
        ExperimentManifest(experiment, traceFile: "trace.h5", starts: "0..<300:40:1", version: "0.0.0")
    }
}
