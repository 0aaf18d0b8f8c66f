internal import SpaneScheduling

/// An episode that stands at a decision until it is told an action; one after the other with the same storage.
///
/// A plain value, since objects would be retained and checked for overlapping access at every step.
protocol DecidedEpisode: ~Copyable, SendableMetatype {
    associatedtype Outcome: Sendable

    /// Starts an episode and goes on to its first decision.
    mutating func begin(_ episode: EpisodePlan.Episode) throws(SchedulingError)

    /// The VM to decide about; `nil` when the episode is over.
    var vm: Int? { get }

    /// Writes what the decision is about.
    func write(to rows: DecisionRows, _ row: Int, episode: Int)

    /// Decides, and goes on to the next decision.
    ///
    /// - Throws: `unavailableAction` when there is no such action, or it has no room.
    mutating func take(_ action: Action) throws(SchedulingError)

    /// What became of the episode.
    var outcome: Outcome { get }
}

/// An episode in which VMs wait.
struct QueueSeat: DecidedEpisode, ~Copyable {
    private var environment: Environment
    private let sampling: FleetSampling
    private let mix: FlavorCounts?
    private var sampler: FleetSampler?

    init(_ scenario: Scenario, _ sampling: FleetSampling, _ mix: FlavorCounts?) throws(SchedulingError) {
        environment = try Environment(scenario)
        (self.sampling, self.mix) = (sampling, mix)
    }

    mutating func begin(_ episode: EpisodePlan.Episode) throws(SchedulingError) {
        try environment.reset(start: episode.start, until: .length(episode.length))
        if let mix { sampler = FleetSampler(sampling, mix, length: episode.length) }
        sampler?.noteDecision(on: environment.cluster)
    }

    var vm: Int? { environment.isFinished ? nil : environment.head }

    @inline(__always)
    func write(to rows: DecisionRows, _ row: Int, episode: Int) {
        rows.write(
            row,
            episode: episode,
            vm: environment.head,
            isFirst: environment.placedCount == 0,
            of: environment.request,
            on: environment.cluster
        )
    }

    @inline(__always)
    mutating func take(_ action: Action) throws(SchedulingError) {
        try environment.step(action)
        if !environment.isFinished { sampler?.noteDecision(on: environment.cluster) }
    }

    var outcome: EpisodeResult {
        EpisodeResult(wait: environment.totalWait, moved: environment.moved, figures: sampler?.figures)
    }
}

/// An episode in which nothing waits: a decision is due where there is room, if need be after moves.
struct LossSeat: DecidedEpisode, ~Copyable {
    private var offers: LossOffers
    private let sampling: FleetSampling
    private let mix: FlavorCounts?
    private let endsAtRefusal: Bool
    private var sampler: FleetSampler?
    private var episode = LossEpisode(metrics: 0)
    private var due: LossOffers.Offer?
    private var hasDecided = false

    /// - Parameter endsAtRefusal: an episode ends with the first VM that is refused.
    init(
        _ offers: consuming LossOffers,
        _ sampling: FleetSampling = .none,
        _ mix: FlavorCounts? = nil,
        endsAtRefusal: Bool = false
    ) {
        self.offers = offers
        (self.sampling, self.mix, self.endsAtRefusal) = (sampling, mix, endsAtRefusal)
    }

    mutating func begin(_ episode: EpisodePlan.Episode) throws(SchedulingError) {
        try offers.begin(start: episode.start, length: episode.length)
        sampler = nil
        if let mix, !sampling.isNone { sampler = FleetSampler(sampling, mix, length: episode.length) }
        self.episode = LossEpisode(metrics: sampling.metrics.count)
        hasDecided = false
        goOn()
    }

    var vm: Int? { due?.vm }

    @inline(__always)
    func write(to rows: DecisionRows, _ row: Int, episode: Int) {
        guard let due else { return }
        rows.write(
            row,
            episode: episode,
            vm: due.vm,
            isFirst: !hasDecided,
            of: offers.cluster.scenario.request(of: due.vm),
            on: offers.cluster.state
        )
    }

    @inline(__always)
    mutating func take(_ action: Action) throws(SchedulingError) {
        guard let due else { return }
        let request = offers.cluster.scenario.request(of: due.vm)
        let placement = try offers.cluster.state.placement(of: action, for: request)
        offers.cluster.place(due.vm, until: due.end, at: placement)
        hasDecided = true
        episode.count(due, of: offers.cluster.scenario, mostCores: offers.mostCores, isPlaced: true)
        goOn()
    }

    /// Refuses what fits nowhere, up to the next VM that fits.
    private mutating func goOn() {
        due = nil
        while let offer = offers.next() {
            sampler?.noteDecision(on: offers.cluster.state)
            if offers.cluster.makeRoom(for: offer.vm) {
                due = offer
                return
            }
            episode.count(offer, of: offers.cluster.scenario, mostCores: offers.mostCores, isPlaced: false)
            if endsAtRefusal { return }
        }
    }

    var outcome: LossEpisode {
        var outcome = episode
        if let sampler { outcome.figures = sampler.figures }
        outcome.moved = offers.cluster.moved
        return outcome
    }
}
