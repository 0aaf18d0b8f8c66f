public import SpaneScheduling

/// The episodes of an evaluation: where each starts, how many VMs it places, and the wait that no policy can avoid.
public struct EpisodePlan: Sendable {
    /// One episode.
    public struct Episode: Equatable, Sendable {
        /// The index of its first VM.
        public let start: Int
        /// The number of VMs that it places.
        public let length: Int
        /// The lower bound on its total wait in seconds; see ``SpaneScheduling/Scenario/pooledBound(start:length:)``.
        public let bound: Double
    }

    /// How the length of an episode is found.
    public enum Length: Equatable, Sendable {
        /// First Fit's placements until the first time that the next VM fits nowhere, and ``margin`` more.
        case automatic
        /// A fixed number of placements.
        case fixed(Int)

        /// What the automatic length adds, as in every published experiment.
        public static let margin = 40
    }

    /// What is replayed on what.
    public let scenario: Scenario
    /// The episodes in the order of their starts as given.
    public let episodes: [Episode]

    /// Plans one episode for each start.
    ///
    /// - Throws: ``SchedulingError`` naming the start at which the trace cannot serve such an episode.
    /// - Complexity: O(sum of lengths * servers), spread over `threads`.
    public init(
        _ scenario: Scenario,
        starts: [Int],
        length: Length = .automatic,
        threads: Int = 1
    ) throws {
        try self.init(scenario, starts: starts, length: length, threads: threads, progress: .none)
    }

    /// The same, telling how far it is.
    package init(
        _ scenario: Scenario,
        starts: [Int],
        length: Length,
        threads: Int,
        progress: Progress
    ) throws {
        self.scenario = scenario
        episodes = try parallelMap(
            count: starts.count,
            threads: threads,
            // Also the bound, which may have as many VMs running at once as the trace has.
            stateBytes: scenario.fleet.environmentBytes(for: scenario.trace) + scenario.trace.count * 16,
            reporting: progress,
            makeState: { try Environment(scenario) },
            { environment, index in
                do {
                    return try environment.plan(start: starts[index], length: length, progress)
                } catch let error as SchedulingError where error.code != .cancelled {
                    throw SchedulingError(error.code, "starts[\(index)]: \(error)")
                }
            }
        )
    }
}

extension Environment {
    fileprivate mutating func plan(
        start: Int,
        length: EpisodePlan.Length,
        _ progress: Progress
    ) throws(SchedulingError) -> EpisodePlan.Episode {
        let placed: Int
        switch length {
        case .fixed(let count):
            placed = count
        case .automatic:
            placed = try automaticLength(from: start, progress: progress)
            let most = trace.count - 2 - start
            guard placed <= most else {
                throw SchedulingError(
                    .invalidArgument,
                    "from start \(start) the automatic length is \(placed) VMs and this trace has \(most) to place; use "
                        + "an earlier start or a fixed length"
                )
            }
        }
        // Refuses a length that runs into the end of the trace.
        try reset(start: start, until: .length(placed))
        let bound = try scenario.pooledBound(start: start, length: placed, progress: progress)
        return EpisodePlan.Episode(start: start, length: placed, bound: bound)
    }
}
