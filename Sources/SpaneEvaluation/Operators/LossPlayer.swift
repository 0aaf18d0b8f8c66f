package import SpaneScheduling

/// Plays a trace on a fleet where a VM that fits nowhere is refused and gone: a loss system, as queueing theory calls it.
///
/// Where the scenario allows moves, they are tried before a VM is refused; as nothing waits, they take no time.
package struct LossPlayer: ~Copyable {
    private var offers: LossOffers
    private var policy: any Policy

    /// Prepares a policy for the servers of a scenario.
    ///
    /// - Parameter outages: in order of time; no server has two at once.
    /// - Throws: ``NetworkError`` when a network cannot serve such a cluster.
    package init(_ source: PolicySource, _ scenario: Scenario, outages: [Outage] = []) throws {
        policy = try source.makePolicy(for: scenario.fleet)
        offers = LossOffers(scenario, outages: outages)
    }

    /// The moves of what was played last.
    package var moved: MoveCount { offers.cluster.moved }

    /// Plays one episode under any policy, one of the caller's own too.
    ///
    /// - Throws: as ``init(_:_:outages:)`` and ``play(start:length:_:_:progress:)``.
    package static func play(
        _ source: PolicySource,
        _ scenario: Scenario,
        outages: [Outage],
        start: Int,
        length: Int,
        progress: Progress
    ) throws -> LossEpisode {
        if case .external(let policy) = source {
            let episode = EpisodePlan.Episode(start: start, length: length, bound: 0)
            return try collected(1) { note in
                try policy.playWithoutQueue(
                    [episode],
                    on: scenario,
                    outages: outages,
                    threads: 1,
                    progress: progress.part(0, 0),
                    note
                )
            }[0]
        }
        var player = try LossPlayer(source, scenario, outages: outages)
        return try player.play(start: start, length: length, progress: progress)
    }

    /// Offers `length` VMs from `start` on to the empty fleet.
    ///
    /// - Throws: `invalidArgument` when the trace has no such episode; `cancelled`.
    package mutating func play(
        start: Int,
        length: Int,
        _ sampling: FleetSampling = .none,
        _ mix: FlavorCounts? = nil,
        progress: Progress = .none
    ) throws -> LossEpisode {
        let (scenario, mostCores) = (offers.scenario, offers.mostCores)
        var sampler: FleetSampler?
        if let mix, !sampling.isNone { sampler = FleetSampler(sampling, mix, length: length) }
        var episode = LossEpisode(metrics: sampling.metrics.count)
        try offer(start: start, length: length, &sampler, progress) { offer, isPlaced in
            episode.count(offer, of: scenario, mostCores: mostCores, isPlaced: isPlaced)
            return true
        }
        if let sampler { episode.figures = sampler.figures }
        episode.moved = moved
        return episode
    }

    /// Whether some of `length` VMs from `start` on is refused; ends with the first one.
    ///
    /// - Throws: as ``play(start:length:_:_:progress:)``.
    package mutating func refuses(start: Int, length: Int, progress: Progress = .none) throws -> Bool {
        var (isRefused, sampler) = (false, FleetSampler?.none)
        try offer(start: start, length: length, &sampler, progress) { _, isPlaced in
            isRefused = !isPlaced
            return isPlaced
        }
        return isRefused
    }

    /// - Parameter note: told of each VM and whether it was placed; says whether to go on.
    private mutating func offer(
        start: Int,
        length: Int,
        _ sampler: inout FleetSampler?,
        _ progress: Progress,
        _ note: (LossOffers.Offer, Bool) -> Bool
    ) throws {
        try offers.begin(start: start, length: length)
        policy.begin(start: start, on: offers.cluster.state)
        var asked = 0
        while let offer = offers.next() {
            if asked & 255 == 0 { try progress.check() }
            asked += 1
            sampler?.noteDecision(on: offers.cluster.state)
            let isPlaced = offers.cluster.place(offer.vm, until: offer.end, by: &policy)
            guard note(offer, isPlaced) else { return }
        }
    }
}
