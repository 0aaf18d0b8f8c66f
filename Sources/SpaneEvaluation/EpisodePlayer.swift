package import SpaneScheduling

/// What one thread needs to play episodes.
package struct EpisodePlayer: ~Copyable {
    private var environment: Environment
    private var policy: any Policy

    /// Prepares a policy for the servers of a scenario.
    ///
    /// - Throws: ``NetworkError`` when the network cannot serve such a cluster.
    package init(_ source: PolicySource, _ scenario: Scenario) throws {
        // Whatever can fail comes first: the compiler wants both or none of the properties.
        let policy = try source.makePolicy(for: scenario.fleet)
        environment = try Environment(scenario)
        self.policy = policy
    }

    /// Plays an episode.
    package mutating func play(_ episode: EpisodePlan.Episode, progress: Progress = .none) throws -> EpisodeResult {
        try environment.reset(start: episode.start, until: .length(episode.length))
        try environment.finish(with: &policy, progress: progress)
        return EpisodeResult(wait: environment.totalWait, moved: environment.moved)
    }

    /// The same, taking metrics of the fleet meanwhile.
    package mutating func play(
        _ episode: EpisodePlan.Episode,
        _ sampling: FleetSampling,
        _ mix: FlavorCounts,
        progress: Progress = .none
    ) throws -> EpisodeResult {
        try environment.reset(start: episode.start, until: .length(episode.length))
        var sampled = SampledPolicy(policy, FleetSampler(sampling, mix, length: episode.length))
        try environment.finish(with: &sampled, progress: progress)
        policy = sampled.policy
        return EpisodeResult(wait: environment.totalWait, moved: environment.moved, figures: sampled.figures)
    }
}

/// What a policy made of an episode in which VMs wait.
package struct EpisodeResult: Sendable {
    /// The total wait in seconds.
    package let wait: Double
    /// The moves that made room.
    package let moved: MoveCount
    /// The metrics of the fleet; `nil` when none was asked for.
    package let figures: FleetFigures?

    package init(wait: Double, moved: MoveCount, figures: FleetFigures? = nil) {
        (self.wait, self.moved, self.figures) = (wait, moved, figures)
    }
}
