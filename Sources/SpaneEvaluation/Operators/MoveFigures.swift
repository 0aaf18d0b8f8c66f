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
        let offer = plan.offer
        self.moved = moved.joined().reduce(into: MoveCount()) { $0.add($1) }
        (vms, mem, days) = (offer.vms * moved.count, offer.mem * Double(moved.count), offer.days * Double(moved.count))
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

extension EpisodePlan {
    /// The VMs of all episodes, their memory in GB, and the days in which they arrive.
    fileprivate var offer: (vms: Int, mem: Double, days: Double) {
        let secondsPerDay = 86_400.0
        var (vms, mem, days) = (0, 0.0, 0.0)
        for episode in episodes where episode.length > 0 {
            let last = episode.start + episode.length - 1
            vms += episode.length
            for vm in episode.start...last { mem += scenario.request(of: vm).mem }
            days += (scenario.trace.rows[last].arrival - scenario.trace.rows[episode.start].arrival) / secondsPerDay
        }
        return (vms, mem, days)
    }
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
        guard plan.scenario.moves != nil else { return nil }
        return MoveFigures(episodes.map { ($0.all, $0.moved) }, days: plan.offer.days)
    }
}
