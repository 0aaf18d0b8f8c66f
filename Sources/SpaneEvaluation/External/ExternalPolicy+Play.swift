package import SpaneScheduling

extension ExternalPolicy {
    /// Plays episodes in which VMs wait.
    ///
    /// - Parameter note: told of each episode as it ends, by its place.
    package func play(
        _ plan: EpisodePlan,
        _ sampling: FleetSampling = .none,
        threads: Int,
        progress: Progress = .none,
        _ note: (Int, EpisodeResult) throws -> Void
    ) throws {
        let mix = sampling.isNone ? nil : FlavorCounts(plan.scenario)
        try Lockstep<QueueSeat>.play(
            plan.episodes,
            on: plan.scenario,
            by: self,
            threads: threads,
            progress: progress,
            makeSeat: { try QueueSeat(plan.scenario, sampling, mix) },
            note
        )
    }

    /// Plays episodes in which nothing waits.
    ///
    /// - Parameter endsAtRefusal: an episode ends with the first VM that is refused.
    func playWithoutQueue(
        _ episodes: [EpisodePlan.Episode],
        on scenario: Scenario,
        outages: [Outage] = [],
        _ sampling: FleetSampling = .none,
        endsAtRefusal: Bool = false,
        threads: Int,
        progress: Progress = .none,
        _ note: (Int, LossEpisode) throws -> Void
    ) throws {
        let mix = sampling.isNone ? nil : FlavorCounts(scenario)
        try Lockstep<LossSeat>.play(
            episodes,
            on: scenario,
            by: self,
            threads: threads,
            progress: progress,
            makeSeat: {
                LossSeat(LossOffers(scenario, outages: outages), sampling, mix, endsAtRefusal: endsAtRefusal)
            },
            note
        )
    }
}

/// What is noted of each of many by its place, all of them at the end.
func collected<Value>(_ count: Int, _ fill: ((Int, Value) throws -> Void) throws -> Void) rethrows -> [Value] {
    var values: [Value?] = Array(repeating: nil, count: count)
    try fill { values[$0] = $1 }
    return values.map { value in
        guard let value else { preconditionFailure("a result is missing") }
        return value
    }
}
