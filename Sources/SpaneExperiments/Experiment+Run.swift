public import SpaneEvaluation
internal import SpaneScheduling
public import SpaneStorage
internal import Synchronization

extension Experiment {
    /// Finds the episodes for every number of servers, and of moves.
    ///
    /// - Throws: ``SchedulingError`` naming the start at which the trace cannot serve an episode.
    public func plans(threads: Int = 1) throws -> [EpisodePlan] {
        let shard = shard ?? .whole
        return try clusters.flatMap { cluster in
            let scenario = try Scenario(trace, on: cluster)
            let plan =
                if kind == .servers, case .length(let length) = end {
                    try EpisodePlan.windows(scenario, starts: starts, shard: shard, length: length, threads: threads)
                } else {
                    try EpisodePlan(scenario, starts: starts, shard: shard, until: end, threads: threads)
                }
            return moves.isEmpty ? [plan] : try moves.map { try plan.moving($0) }
        }
    }

    /// The experiment with these episodes, none of them played.
    public func unplayed(_ plans: [EpisodePlan]) -> ExperimentWaits {
        ExperimentWaits(
            kind: kind.rawValue,
            trace: description,
            node: clusters[0].uniformNode,
            splitAbove: clusters[0].onlySplitAbove,
            fleet: FleetNote(ofOther: clusters[0]),
            policies: policies.map {
                ExperimentWaits.Policy(name: $0.name, group: $0.group ?? "", contentHash: $0.contentHash ?? "")
            },
            moves: moves.first,
            clusters: zip(stages, plans).map { stage, plan in
                let offers = stage.moves == nil ? [] : plan.offers
                return ExperimentWaits.ServerCount(
                    servers: stage.fleet.serverCount,
                    moves: stage.moves?.moves,
                    starts: plan.episodes.map(\.start),
                    lengths: plan.episodes.map(\.length),
                    bounds: plan.episodes.map(\.bound),
                    offeredMem: offers.map(\.mem),
                    days: offers.map(\.days),
                    policies: policies.count
                )
            }
        )
    }

    /// Plays what is not yet played. The waits do not depend on the number of threads, nor on what was there before.
    ///
    /// A part is all episodes of one policy on one number of servers. Threads take episodes of any part. Where servers are counted,
    /// their numbers stand for the waits.
    ///
    /// - Parameters:
    ///   - progress: called with the number of episodes played so far, by one thread at a time.
    ///   - save: called whenever a part is whole, by one thread at a time; an error of it ends the run.
    /// - Returns: the waits of all parts.
    public func run(
        _ plans: [EpisodePlan],
        from waits: ExperimentWaits,
        threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil,
        save: @escaping @Sendable (ExperimentWaits) throws -> Void = { _ in }
    ) throws -> ExperimentWaits {
        let missing = waits.missingParts
        // Policies of the caller's own play after the others, all their episodes at once.
        let (parts, external) = (missing.filter { !isExternal($0) }, missing.filter { isExternal($0) })
        let episodes = plans.first?.episodes.count ?? 0
        let results = PartialResults(waits, episodes: episodes)
        _ = try parallelMap(
            count: parts.count * episodes,
            threads: threads,
            progress: progress,
            makeState: { Seat() },
            { seat, index in
                let (part, episode) = (parts[index / episodes], index % episodes)
                let result = try seat.play(
                    plans[part.cluster].episodes[episode],
                    on: plans[part.cluster].scenario,
                    of: part,
                    in: self
                )
                try results.set(result, episode, part, save: save)
            }
        )
        var played = parts.count * episodes
        for part in external {
            try playExternal(part, plans[part.cluster], threads: threads) { episode, result in
                try results.set(result, episode, part, save: save)
                played += 1
                progress?(played)
            }
        }
        return results.waits
    }

    private func isExternal(_ part: ExperimentWaits.Part) -> Bool { policies[part.policy].source.isExternal }

    /// Plays all episodes of a policy of the caller's own.
    private func playExternal(
        _ part: ExperimentWaits.Part,
        _ plan: EpisodePlan,
        threads: Int,
        _ note: (Int, EpisodeResult) throws -> Void
    ) throws {
        guard case .external(let policy) = policies[part.policy].source else { return }
        guard kind == .servers else { return try policy.play(plan, threads: threads, note) }
        try ServersNeeded.find(of: policy, on: plan.scenario, plan.episodes, threads: threads) { window, found in
            try note(window, EpisodeResult(wait: Double(found.servers), moved: found.moved))
        }
    }
}

extension ExperimentWaits {
    /// One policy on one number of servers, both by their places.
    struct Part: Hashable {
        let cluster: Int
        let policy: Int
    }

    /// The parts that are not played yet.
    var missingParts: [Part] {
        clusters.indices.flatMap { cluster in
            policies.indices.compactMap { policy in
                clusters[cluster].waits[policy] == nil ? Part(cluster: cluster, policy: policy) : nil
            }
        }
    }

    /// The number of episodes that are not played yet.
    public var missingEpisodes: Int { missingParts.reduce(0) { $0 + clusters[$1.cluster].starts.count } }
}

/// Where a thread plays: a player that is kept for as long as the episodes are of one part.
private struct Seat: ~Copyable {
    private var part: ExperimentWaits.Part?
    private var player: EpisodePlayer?

    mutating func play(
        _ episode: EpisodePlan.Episode,
        on scenario: Scenario,
        of part: ExperimentWaits.Part,
        in experiment: Experiment
    ) throws -> EpisodeResult {
        let source = experiment.policies[part.policy].source
        if experiment.kind == .servers {
            let (servers, moved) = try ServersNeeded.find(
                of: source,
                on: scenario,
                start: episode.start,
                length: episode.length,
                from: Int(episode.bound)
            )
            return EpisodeResult(wait: Double(servers), moved: moved)
        }
        if self.part != part {
            player = try EpisodePlayer(source, scenario)
            self.part = part
        }
        guard let result = try player?.play(episode) else { preconditionFailure("there is always a player here") }
        return result
    }
}

/// The waits as they come in.
private final class PartialResults: Sendable {
    private struct Unfinished {
        var waits: [Double]
        var moved: [MoveCount]
        var left: Int
    }

    private struct Contents {
        var whole: ExperimentWaits
        var unfinished: [ExperimentWaits.Part: Unfinished] = [:]
    }

    private let contents: Mutex<Contents>
    private let saving = Mutex(())

    init(_ waits: ExperimentWaits, episodes: Int) {
        var contents = Contents(whole: waits)
        for part in waits.missingParts {
            contents.unfinished[part] = Unfinished(
                waits: Array(repeating: 0, count: episodes),
                moved: Array(repeating: MoveCount(), count: episodes),
                left: episodes
            )
        }
        self.contents = Mutex(contents)
    }

    var waits: ExperimentWaits { contents.withLock { $0.whole } }

    func set(
        _ result: EpisodeResult,
        _ episode: Int,
        _ part: ExperimentWaits.Part,
        save: (ExperimentWaits) throws -> Void
    ) throws {
        let isWhole = contents.withLock { contents in
            contents.unfinished[part]?.waits[episode] = result.wait
            contents.unfinished[part]?.moved[episode] = result.moved
            contents.unfinished[part]?.left -= 1
            guard let state = contents.unfinished[part], state.left == 0 else { return false }
            contents.whole.clusters[part.cluster].waits[part.policy] = state.waits
            if contents.whole.clusters[part.cluster].moves != nil {
                contents.whole.clusters[part.cluster].moved[part.policy] = state.moved
            }
            contents.unfinished[part] = nil
            return true
        }
        guard isWhole else { return }
        // What is saved is read inside the lock, so that a later file never has less than an earlier one.
        try saving.withLock { _ in try save(waits) }
    }
}
