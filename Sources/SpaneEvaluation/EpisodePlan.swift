public import SpaneScheduling

/// The episodes of an evaluation: where each starts, how many VMs it has, and the best that any policy could make of it.
public struct EpisodePlan: Sendable {
    /// One episode.
    public struct Episode: Equatable, Sendable {
        /// The index of its first VM.
        public let start: Int
        /// The number of VMs that it places, or offers where nothing waits.
        public let length: Int
        /// The lower bound on its total wait in seconds, see ``SpaneScheduling/Scenario/waitBound(start:length:)``; 0 where nothing
        /// waits; where servers are counted, that on their number, see ``SpaneScheduling/Scenario/serverBound(start:length:)``.
        public let bound: Double

        /// An episode that was planned elsewhere.
        package init(start: Int, length: Int, bound: Double) {
            (self.start, self.length, self.bound) = (start, length, bound)
        }
    }

    /// What is replayed on what.
    public let scenario: Scenario
    /// The episodes in the order of their starts as given.
    public let episodes: [Episode]

    /// Plans one episode for each start.
    ///
    /// - Parameters:
    ///   - shard: which of the starts are meant.
    ///   - end: when they end. Where that depends on the policy, every policy places as many VMs as First Fit does.
    /// - Throws: ``SchedulingError`` naming the start at which the trace cannot serve such an episode.
    /// - Complexity: O(sum of lengths * servers), spread over `threads`.
    public init(
        _ scenario: Scenario,
        starts: [Int],
        shard: Shard = .whole,
        until end: EpisodeEnd = .automatic,
        threads: Int = 1
    ) throws {
        try self.init(scenario, starts: starts, shard: shard, until: end, threads: threads, progress: .none)
    }

    init(_ scenario: Scenario, _ episodes: [Episode]) {
        self.scenario = scenario
        self.episodes = episodes
    }

    /// The same episodes with other moves, which change neither lengths nor bounds.
    ///
    /// - Throws: `invalidArgument` when a limit is out of its range.
    package func moving(_ moves: MoveLimits?) throws(SchedulingError) -> EpisodePlan {
        EpisodePlan(try scenario.moving(moves), episodes)
    }

    /// The same, telling how far it is.
    package init(
        _ scenario: Scenario,
        starts: [Int],
        shard: Shard = .whole,
        until end: EpisodeEnd,
        threads: Int,
        progress: Progress
    ) throws {
        self.scenario = scenario
        let conditions = scenario.boundConditions
        let places = shard.indices(of: starts.count)
        episodes = try parallelMap(
            count: places.count,
            threads: threads,
            // Also the bound, which may have as many VMs running at once as the trace has.
            stateBytes: scenario.environmentBytes + scenario.trace.count * 16,
            reporting: progress,
            // Until a VM fits nowhere nothing is moved, so that moves change no length.
            makeState: { try Environment(scenario.moving(nil)) },
            { environment, index in
                let place = places[index]
                do {
                    return try environment.plan(start: starts[place], until: end, conditions, progress)
                } catch let error as SchedulingError where error.code != .cancelled {
                    throw SchedulingError(error.code, "starts[\(place)]: \(error)")
                }
            }
        )
    }
}

extension Environment {
    fileprivate mutating func plan(
        start: Int,
        until end: EpisodeEnd,
        _ conditions: FitConditions,
        _ progress: Progress
    ) throws(SchedulingError) -> EpisodePlan.Episode {
        let placed = try length(from: start, until: end, progress: progress)
        // A start before the first VM is refused below.
        let most = trace.count - 2 - max(start, 0)
        // A length that was asked for is refused below.
        if placed != end.length, placed > most {
            throw SchedulingError(
                .invalidArgument,
                "from start \(start) the \(end == .automatic ? "automatic " : "")length is \(placed) VMs and this trace has "
                    + "\(most) to place; use an earlier start or a fixed length"
            )
        }
        // Refuses a length that runs into the end of the trace.
        try reset(start: start, until: .length(placed))
        let bound = try scenario.waitBound(conditions, start: start, length: placed, progress: progress)
        return EpisodePlan.Episode(start: start, length: placed, bound: bound)
    }
}

extension EpisodeEnd {
    /// The length that was asked for; `nil` where it follows from what is placed.
    fileprivate var length: Int? { if case .length(let length) = self { length } else { nil } }
}
