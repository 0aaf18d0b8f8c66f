public import SpaneScheduling
internal import SpaneSystem

/// What one policy made of the episodes of a plan.
public struct Evaluation: Equatable, Sendable {
    /// The total wait of each episode in seconds, in the order of the plan.
    public let totalWaits: [Double]
    /// The moves that made room in each episode.
    public let moved: [MoveCount]
    /// The metrics of the fleet in each episode; empty when none was asked for.
    public let figures: [FleetFigures]
    /// The number of decisions in all.
    public let decisionCount: Int
    /// The time that playing took, in seconds, on all threads together.
    public let seconds: Double

    /// What was played elsewhere.
    package init(
        totalWaits: [Double],
        moved: [MoveCount],
        figures: [FleetFigures],
        decisionCount: Int,
        seconds: Double
    ) {
        (self.totalWaits, self.moved, self.figures) = (totalWaits, moved, figures)
        (self.decisionCount, self.seconds) = (decisionCount, seconds)
    }

    /// Plays every episode of the plan.
    ///
    /// The waits do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - sampling: metrics of the fleet to take meanwhile.
    ///   - progress: called with the number of episodes played so far, by one thread at a time.
    ///   - afterEpisode: called after each episode by the thread that played it; an error of it ends the evaluation.
    /// - Throws: ``SchedulingError``, or ``NetworkError`` when the network cannot serve such a cluster.
    public init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        sampling: FleetSampling = .none,
        threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil,
        afterEpisode: (@Sendable () throws -> Void)? = nil
    ) throws {
        try self.init(of: policy, on: plan, sampling, threads: threads, progress, .none, afterEpisode)
    }

    /// The same, telling whoever waits for it how far it is.
    package init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        sampling: FleetSampling = .none,
        threads: Int,
        reporting: Progress
    ) throws {
        try self.init(of: policy, on: plan, sampling, threads: threads, nil, reporting, nil)
    }

    private init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        _ sampling: FleetSampling,
        threads: Int,
        _ progress: (@Sendable (Int) -> Void)?,
        _ reporting: Progress,
        _ afterEpisode: (@Sendable () throws -> Void)?
    ) throws {
        let stopwatch = Stopwatch()
        let results: [EpisodeResult]
        if case .external(let external) = policy {
            var played = 0
            results = try collected(plan.episodes.count) { note in
                try external.play(plan, sampling, threads: threads, progress: reporting) { index, result in
                    try note(index, result)
                    played += 1
                    progress?(played)
                    try afterEpisode?()
                }
            }
        } else {
            results = try Self.play(policy, plan, sampling, threads: threads, progress, reporting, afterEpisode)
        }
        totalWaits = results.map(\.wait)
        moved = results.map(\.moved)
        figures = results.compactMap(\.figures)
        seconds = stopwatch.seconds
        decisionCount = plan.episodes.reduce(0) { $0 + $1.length }
    }

    /// Plays with a policy for each thread.
    private static func play(
        _ policy: PolicySource,
        _ plan: EpisodePlan,
        _ sampling: FleetSampling,
        threads: Int,
        _ progress: (@Sendable (Int) -> Void)?,
        _ reporting: Progress,
        _ afterEpisode: (@Sendable () throws -> Void)?
    ) throws -> [EpisodeResult] {
        let mix = sampling.isNone ? nil : FlavorCounts(plan.scenario)
        return try parallelMap(
            count: plan.episodes.count,
            threads: threads,
            stateBytes: policy.playerBytes(on: plan.scenario) + sampling.bytes(on: plan.scenario),
            progress: progress,
            reporting: reporting,
            makeState: { try EpisodePlayer(policy, plan.scenario) },
            { player, index in
                let episode = plan.episodes[index]
                let result =
                    if let mix {
                        try player.play(episode, sampling, mix, progress: reporting)
                    } else {
                        try player.play(episode, progress: reporting)
                    }
                try afterEpisode?()
                return result
            }
        )
    }
}
