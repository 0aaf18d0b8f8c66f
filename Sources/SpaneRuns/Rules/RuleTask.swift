public import SpaneEvaluation
internal import SpaneNetworks
public import SpaneScheduling

/// What rules are tuned for; low is good.
public enum RuleObjective: String, CaseIterable, Sendable {
    /// The mean logarithm of the total wait of an episode; see ``SpaneEvaluation/WaitMetric/meanLog``.
    case wait
    /// The fewest servers on which nothing waits, mean of the windows; see ``SpaneEvaluation/ServersNeeded``.
    case servers
    /// The share of the cores asked for that is refused where what fits nowhere is gone, mean of the episodes.
    case refusedCores = "refused-cores"

    /// How the values of episodes become one figure.
    public var metric: WaitMetric {
        switch self {
        case .wait: .meanLog
        case .servers: .serversMean
        case .refusedCores: .mean
        }
    }
}

/// An objective on the episodes of one part of a trace.
public struct RuleTask: Sendable {
    /// What counts.
    public let objective: RuleObjective
    /// Where it counts.
    public let plan: EpisodePlan

    // Tuned for the servers needed, a rule that is short of one by little has to show: see `values(of:threads:isTuning:)`.
    private static let serversBeyondBound = 0..<3

    /// An objective on episodes.
    ///
    /// - Parameter length: the VMs of an episode; `nil` for ``SpaneScheduling/EpisodeEnd/automatic``, where something waits.
    /// - Throws: ``SpaneScheduling/SchedulingError`` naming the start that the trace cannot serve.
    public init(
        _ objective: RuleObjective,
        _ scenario: Scenario,
        starts: [Int],
        length: Int?,
        threads: Int = 1
    ) throws {
        self.objective = objective
        plan =
            switch objective {
            case .wait:
                try EpisodePlan(
                    scenario,
                    starts: starts,
                    until: length.map { .length($0) } ?? .automatic,
                    threads: threads
                )
            case .servers:
                try .windows(scenario, starts: starts, length: length ?? Self.usualLength, threads: threads)
            case .refusedCores:
                try .withoutQueue(scenario, starts: starts, length: length ?? Self.usualLength)
            }
    }

    /// The VMs of an episode without a queue, where none is asked for.
    public static let usualLength = 3000

    /// The value of each episode.
    ///
    /// - Parameter isTuning: instead of the servers needed, which are whole numbers, the mean root of the cores refused on as many
    ///   servers as the bound, on one and on two more.
    public func values(of policy: PolicySource, threads: Int = 1, isTuning: Bool = false) throws -> [Double] {
        switch objective {
        case .wait: return try Evaluation(of: policy, on: plan, threads: threads).totalWaits
        case .refusedCores:
            let played = try LossEvaluation(of: policy, on: plan, sampling: .none, threads: threads)
            return played.episodes.map(\.all.refusedCores)
        case .servers:
            return try parallelMap(count: plan.episodes.count, threads: threads, makeState: {}) { _, index in
                let episode = plan.episodes[index]
                let bound = Int(episode.bound)
                guard isTuning else {
                    return Double(
                        try ServersNeeded.count(
                            of: policy,
                            on: plan.scenario,
                            start: episode.start,
                            length: episode.length,
                            from: bound
                        )
                    )
                }
                let roots = try Self.serversBeyondBound.map { more in
                    var player = try LossPlayer(policy, plan.scenario.scaled(to: bound + more))
                    return try player.play(start: episode.start, length: episode.length).all.refusedCores.squareRoot()
                }
                return Statistics.mean(roots)
            }
        }
    }

    /// One figure of the values of all episodes.
    public func figure(_ values: [Double]) -> Double {
        objective == .wait ? Statistics.mean(values.map { Statistics.logWait($0) }) : Statistics.mean(values)
    }
}
