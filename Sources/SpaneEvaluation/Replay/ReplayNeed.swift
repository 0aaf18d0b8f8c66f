package import SpaneScheduling

/// The fewest servers on which a policy refuses nothing that a log asks for.
package enum ReplayNeed {
    /// The number of servers; `nil` when it refuses something even on all that the log begins with.
    ///
    /// It is looked for by bisection, although a policy that places all VMs on k servers may refuse one on k + 1: with it k servers
    /// suffice and k - 1 do not. A replay ends with its first refusal.
    ///
    /// - Complexity: O(log servers) replays.
    package static func servers(
        _ log: some EventSource,
        _ facts: LogFacts,
        by source: PolicySource,
        _ options: ReplayOptions,
        progress: Progress = .none
    ) throws -> Int? {
        func suffices(_ servers: Int, _ progress: Progress) throws -> Bool {
            var options = options
            options.servers = servers
            return try !ReplayPlayer.refuses(log, facts, by: source, options, progress: progress)
        }
        guard try suffices(facts.servers, progress.part(0, 0.2)) else { return nil }
        var (few, enough) = (0, facts.servers)
        while enough - few > 1 {
            let middle = (few + enough) / 2
            if try suffices(middle, progress.part(0.2, 1)) { enough = middle } else { few = middle }
        }
        return enough
    }
}
