package import SpaneScheduling

/// What one policy makes of a log.
package struct Replay: Sendable {
    /// What came of it.
    package let figures: ReplayFigures
    /// The fewest servers on which it refuses nothing, where that was asked for; `nil` when there is no such number.
    package let serversNeeded: Int?

    /// Plays a log with several policies; the results do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - findsServers: whether to find the fewest servers too.
    ///   - progress: called with the number of policies that are through, by one thread at a time.
    package static func all(
        _ log: some EventSource,
        _ facts: LogFacts,
        by sources: [PolicySource],
        _ options: ReplayOptions,
        findsServers: Bool = false,
        threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil,
        reporting: Progress = .none
    ) throws -> [Replay] {
        try parallelMap(
            count: sources.count,
            threads: threads,
            progress: progress,
            reporting: reporting,
            makeState: {},
            { _, index in
                let source = sources[index]
                let figures = try ReplayPlayer.play(log, facts, by: source, options, progress: reporting.part(0, 0))
                guard findsServers else { return Replay(figures: figures, serversNeeded: nil) }
                let need = try ReplayNeed.servers(log, facts, by: source, options, progress: reporting.part(0, 0))
                return Replay(figures: figures, serversNeeded: need)
            }
        )
    }
}
