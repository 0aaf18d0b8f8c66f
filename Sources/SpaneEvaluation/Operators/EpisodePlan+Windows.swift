public import SpaneScheduling

extension EpisodePlan {
    /// Plans episodes in which nothing waits: what fits nowhere is refused and gone; see ``LossEvaluation``.
    ///
    /// - Parameter shard: which of the starts are meant.
    /// - Throws: `invalidArgument` naming the start from which the trace has not so many VMs.
    public static func withoutQueue(
        _ scenario: Scenario,
        starts: [Int],
        shard: Shard = .whole,
        length: Int
    ) throws(SchedulingError) -> EpisodePlan {
        let places = shard.indices(of: starts.count)
        for place in places {
            do {
                try scenario.trace.check(start: starts[place], until: .length(length))
            } catch {
                throw SchedulingError(error.code, "starts[\(place)]: \(error)")
            }
        }
        return EpisodePlan(scenario, places.map { Episode(start: starts[$0], length: length, bound: 0) })
    }

    /// Plans windows for each of which the servers are counted that a policy needs; see ``ServersNeeded``. Their bounds are the
    /// numbers that no policy can do without.
    ///
    /// - Parameter shard: which of the starts are meant.
    /// - Throws: `invalidArgument` naming the start from which the trace has not so many VMs.
    /// - Complexity: O(windows * length * functions), spread over `threads`.
    public static func windows(
        _ scenario: Scenario,
        starts: [Int],
        shard: Shard = .whole,
        length: Int,
        threads: Int = 1
    ) throws -> EpisodePlan {
        let plan = try withoutQueue(scenario, starts: starts, shard: shard, length: length)
        let conditions = scenario.boundConditions
        let bounds = try parallelMap(
            count: plan.episodes.count,
            threads: threads,
            stateBytes: length * MemoryLayout<DepartureQueue.Entry>.stride,
            makeState: {},
            { _, index in
                let start = plan.episodes[index].start
                return try scenario.serverBound(conditions, start: start, length: length, progress: .none)
            }
        )
        return EpisodePlan(
            scenario,
            zip(plan.episodes, bounds).map { Episode(start: $0.start, length: $0.length, bound: Double($1)) }
        )
    }
}

extension Starts {
    /// The starts of `count` windows of `length` VMs that are spread evenly over a trace of T VMs: window i of w starts at
    /// i · ⌊(T - length - 2) / w⌋.
    ///
    /// - Throws: `invalidArgument` when there are fewer VMs, or not as many different starts.
    public static func windows(_ count: Int, length: Int, in trace: Trace) throws(SchedulingError) -> [Int] {
        guard length >= 1, length <= trace.count - 3 else {
            throw SchedulingError(
                .invalidArgument,
                "a window has \(length) VMs; in this trace it may have 1 ... \(max(1, trace.count - 3))"
            )
        }
        let most = trace.count - length - 2
        guard count >= 1, count <= most else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(count) windows; of \(length) VMs this trace has 1 ... \(most) that start apart"
            )
        }
        return (0..<count).map { $0 * (most / count) }
    }
}
