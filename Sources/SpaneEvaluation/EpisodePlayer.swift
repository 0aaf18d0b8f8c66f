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

    /// Plays an episode and gives its total wait in seconds.
    package mutating func play(_ episode: EpisodePlan.Episode, progress: Progress = .none) throws -> Double {
        try environment.reset(start: episode.start, until: .length(episode.length))
        try environment.finish(with: &policy, progress: progress)
        return environment.totalWait
    }

    /// The same, taking metrics of the fleet meanwhile.
    package mutating func play(
        _ episode: EpisodePlan.Episode,
        _ sampling: FleetSampling,
        _ mix: FlavorCounts,
        progress: Progress = .none
    ) throws -> (wait: Double, figures: FleetFigures) {
        try environment.reset(start: episode.start, until: .length(episode.length))
        var sampled = SampledPolicy(policy, sampling, mix, length: episode.length)
        try environment.finish(with: &sampled, progress: progress)
        policy = sampled.policy
        return (environment.totalWait, sampled.figures)
    }
}
