internal import SpaneScheduling

/// What an episode offers to the fleet beside its number of VMs: what moves are compared with.
public struct EpisodeOffer: Equatable, Sendable {
    /// The memory of its VMs in GB.
    public let mem: Double
    /// The days from its first arrival to its last.
    public let days: Double

    /// Describes an episode.
    public init(mem: Double, days: Double) { (self.mem, self.days) = (mem, days) }
}

extension EpisodePlan {
    /// What each episode offers.
    ///
    /// - Complexity: O(sum of lengths).
    public var offers: [EpisodeOffer] {
        let secondsPerDay = 86_400.0
        return episodes.map { episode in
            guard episode.length > 0 else { return EpisodeOffer(mem: 0, days: 0) }
            let last = episode.start + episode.length - 1
            let seconds = scenario.trace.rows[last].arrival - scenario.trace.rows[episode.start].arrival
            return EpisodeOffer(
                mem: (episode.start...last).reduce(0) { $0 + scenario.request(of: $1).mem },
                days: seconds / secondsPerDay
            )
        }
    }
}
