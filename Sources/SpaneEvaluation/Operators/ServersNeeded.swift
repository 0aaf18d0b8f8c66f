public import SpaneScheduling
internal import SpaneSystem

/// The fewest servers on which a policy places every VM of a window when it arrives: cluster compaction (Verma, Korupolu and Wilkes,
/// "Evaluating job packing in warehouse-scale computing", CLUSTER 2014).
public enum ServersNeeded {
    /// The number for one window.
    ///
    /// It is looked for from the bound upwards, one server more at a time, since a heuristic that places all VMs on k servers may
    /// refuse one on k + 1. An attempt ends with its first refusal. Servers are added in the proportions of the fleet.
    ///
    /// - Parameter bound: where to begin, at least 1; see ``SpaneScheduling/Scenario/serverBound(start:length:)``.
    /// - Throws: `invalidArgument` when the trace has no such window, when the bound is below 1, or when
    ///   ``SpaneScheduling/Fleet/maximumServers`` do not suffice; ``NetworkError`` when a network cannot serve such a cluster.
    public static func count(
        of policy: PolicySource,
        on scenario: Scenario,
        start: Int,
        length: Int,
        from bound: Int
    ) throws -> Int {
        try find(of: policy, on: scenario, start: start, length: length, from: bound).servers
    }

    /// The number for one window, and the moves that it takes on so many servers.
    package static func find(
        of policy: PolicySource,
        on scenario: Scenario,
        start: Int,
        length: Int,
        from bound: Int,
        progress: Progress = .none
    ) throws -> (servers: Int, moved: MoveCount) {
        if case .external(let policy) = policy {
            let window = EpisodePlan.Episode(start: start, length: length, bound: Double(bound))
            return try collected(1) { note in
                try find(of: policy, on: scenario, [window], threads: 1, progress: progress, note)
            }[0]
        }
        var servers = bound
        while true {
            let scaled = try scenario.scaled(to: servers)
            try Memory.check(bytes: policy.playerBytes(on: scaled), for: "\(servers) servers")
            var player = try LossPlayer(policy, scaled)
            if try !player.refuses(start: start, length: length, progress: progress) { return (servers, player.moved) }
            servers += 1
        }
    }

    /// The same for several windows, which are played together while they are tried on as many servers.
    ///
    /// - Parameter note: told of each window by its place.
    package static func find(
        of policy: ExternalPolicy,
        on scenario: Scenario,
        _ windows: [EpisodePlan.Episode],
        threads: Int,
        progress: Progress = .none,
        _ note: (Int, (servers: Int, moved: MoveCount)) throws -> Void
    ) throws {
        var left = Array(windows.indices)
        while let servers = left.map({ Int(windows[$0].bound) }).min() {
            var (servers, tried) = (servers, [Int]())
            repeat {
                tried += left.filter { Int(windows[$0].bound) == servers }
                left.removeAll { Int(windows[$0].bound) == servers }
                let scaled = try scenario.scaled(to: servers)
                var refusing: [Int] = []
                try policy.playWithoutQueue(
                    tried.map { windows[$0] },
                    on: scaled,
                    endsAtRefusal: true,
                    threads: threads,
                    progress: progress.part(0, 0)
                ) { place, episode in
                    if episode.all.refused.vms > 0 { return refusing.append(tried[place]) }
                    try note(tried[place], (servers, episode.moved))
                }
                tried = refusing
                servers += 1
            } while !tried.isEmpty
        }
    }
}
