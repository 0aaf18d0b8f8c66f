package import SpaneScheduling
internal import SpaneSystem

/// What one policy made of episodes in which nothing waits.
public struct LossEvaluation: Equatable, Sendable {
    /// Each episode, in the order of the plan.
    public let episodes: [LossEpisode]
    /// The time that playing took, in seconds, on all threads together.
    public let seconds: Double

    /// What was played elsewhere.
    package init(_ episodes: [LossEpisode], seconds: Double) { (self.episodes, self.seconds) = (episodes, seconds) }

    /// Plays every episode of the plan.
    ///
    /// The result does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - plan: see ``EpisodePlan/withoutQueue(_:starts:length:)``.
    ///   - sampling: metrics of the fleet to take meanwhile.
    ///   - progress: called with the number of episodes played so far, by one thread at a time.
    /// - Throws: ``SchedulingError``, or ``NetworkError`` when the network cannot serve such a cluster.
    public init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        sampling: FleetSampling = FleetSampling(),
        threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        try self.init(of: policy, on: plan, sampling, threads: threads, progress, .none)
    }

    /// The same, telling whoever waits for it how far it is.
    package init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        sampling: FleetSampling,
        threads: Int,
        reporting: Progress
    ) throws {
        try self.init(of: policy, on: plan, sampling, threads: threads, nil, reporting)
    }

    private init(
        of policy: PolicySource,
        on plan: EpisodePlan,
        _ sampling: FleetSampling,
        threads: Int,
        _ progress: (@Sendable (Int) -> Void)?,
        _ reporting: Progress
    ) throws {
        let stopwatch = Stopwatch()
        if case .external(let external) = policy {
            var played = 0
            episodes = try collected(plan.episodes.count) { note in
                try external.playWithoutQueue(
                    plan.episodes,
                    on: plan.scenario,
                    sampling,
                    threads: threads,
                    progress: reporting
                ) { index, episode in
                    try note(index, episode)
                    played += 1
                    progress?(played)
                }
            }
            seconds = stopwatch.seconds
            return
        }
        let mix = sampling.isNone ? nil : FlavorCounts(plan.scenario)
        episodes = try parallelMap(
            count: plan.episodes.count,
            threads: threads,
            stateBytes: policy.playerBytes(on: plan.scenario) + sampling.bytes(on: plan.scenario),
            progress: progress,
            reporting: reporting,
            makeState: { try LossPlayer(policy, plan.scenario) },
            { player, index in
                let episode = plan.episodes[index]
                return try player.play(
                    start: episode.start,
                    length: episode.length,
                    sampling,
                    mix,
                    progress: reporting
                )
            }
        )
        seconds = stopwatch.seconds
    }

    /// All episodes together.
    public var all: LossEpisode.Tally {
        episodes.reduce(into: LossEpisode.Tally()) { $0.add($1.all) }
    }

    /// All episodes together, by ``SizeClass``.
    public var bySize: [LossEpisode.Tally] {
        SizeClass.allCases.map { size in
            episodes.reduce(into: LossEpisode.Tally()) { $0.add($1.bySize[size.rawValue]) }
        }
    }

    /// Decisions a second, on all threads together.
    public var decisionsPerSecond: Double { seconds > 0 ? Double(all.asked.vms) / seconds : 0 }
}
