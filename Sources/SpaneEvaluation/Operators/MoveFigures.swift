public import SpaneScheduling

/// What moves came to beside the VMs that were placed.
public struct MoveFigures: Equatable, Sendable {
    /// The moves.
    public let moved: MoveCount
    /// The VMs that were placed.
    public let vms: Int
    /// Their memory in GB.
    public let mem: Double
    /// The days from the first arrival of each episode to its last.
    public let days: Double

    /// Moves for each thousand VMs that were placed.
    public var perThousandVMs: Double { vms > 0 ? 1000 * Double(moved.moves) / Double(vms) : 0 }
    /// Moves for each day in which VMs arrive.
    public var perDay: Double { days > 0 ? Double(moved.moves) / days : 0 }
    /// GB that went to other servers for each GB that was placed.
    public var memShare: Double { mem > 0 ? moved.mem / mem : 0 }
    /// GB that went from node to node of a server for each GB that was placed.
    public var localMemShare: Double { mem > 0 ? moved.localMem / mem : 0 }

    /// The moves of some policies, each of which placed all VMs of the episodes.
    ///
    /// - Parameter moved: of each policy the moves in each episode.
    public init(_ moved: [[MoveCount]], on plan: EpisodePlan) {
        self.init(moved, lengths: plan.episodes.map(\.length), offers: plan.offers)
    }

    /// The same, of episodes that were played elsewhere.
    package init(_ moved: [[MoveCount]], lengths: [Int], offers: [EpisodeOffer]) {
        let policies = Double(moved.count)
        self.moved = moved.joined().reduce(into: MoveCount()) { $0.add($1) }
        vms = lengths.reduce(0, +) * moved.count
        mem = offers.reduce(0) { $0 + $1.mem } * policies
        days = offers.days * policies
    }

    /// The moves of episodes in which what fits nowhere is refused.
    ///
    /// - Parameter days: the days of all episodes together.
    public init(_ episodes: [(tally: LossEpisode.Tally, moved: MoveCount)], days: Double) {
        moved = episodes.reduce(into: MoveCount()) { $0.add($1.moved) }
        vms = episodes.reduce(0) { $0 + $1.tally.asked.vms - $1.tally.refused.vms }
        mem = episodes.reduce(0) { $0 + $1.tally.asked.mem - $1.tally.refused.mem }
        self.days = days
    }
}

extension [EpisodeOffer] {
    fileprivate var days: Double { reduce(0) { $0 + $1.days } }
}

extension Evaluation {
    /// What was moved; `nil` where the scenario of the plan allows no moves.
    public func moveFigures(on plan: EpisodePlan) -> MoveFigures? {
        plan.scenario.moves == nil ? nil : MoveFigures([moved], on: plan)
    }
}

extension LossEvaluation {
    /// What was moved; `nil` where the scenario of the plan allows no moves.
    public func moveFigures(on plan: EpisodePlan) -> MoveFigures? {
        plan.scenario.moves == nil ? nil : moveFigures(of: plan.offers)
    }

    /// What was moved in episodes that were played elsewhere.
    package func moveFigures(of offers: [EpisodeOffer]) -> MoveFigures {
        MoveFigures(episodes.map { ($0.all, $0.moved) }, days: offers.days)
    }
}
