internal import SpaneEvaluation
package import SpaneScheduling

/// The environments of an ``EpisodeSource``, each made when it is first needed. For one thread.
package final class EnvironmentPool {
    /// An environment that many hands may hold.
    package final class Play {
        fileprivate var environment: Environment
        fileprivate init(_ environment: consuming Environment) { self.environment = environment }

        /// Lends the environment.
        package func withEnvironment<Result>(_ body: (inout Environment) throws -> Result) rethrows -> Result {
            try body(&environment)
        }
    }

    package let source: EpisodeSource
    // [workload][cluster]
    private var plays: [Play?]

    private let reward: Reward

    /// - Parameter reward: what a step of the environments is worth.
    package init(_ source: EpisodeSource, reward: Reward = .logWait) {
        self.source = source
        self.reward = reward
        plays = Array(repeating: nil, count: source.workloads.count * source.clusters.count)
    }

    /// Draws an episode; its length is automatic (see ``EpisodeEnd``).
    ///
    /// A start whose episode would run into the end of its trace is drawn again.
    ///
    /// - Throws: `invalidArgument` when that happens a thousand times in a row.
    package func draw(using generator: inout Xoshiro256StarStar) throws(SchedulingError) -> TrainingEpisode {
        for _ in 0..<1000 {
            let workload = source.drawWorkload(using: &generator)
            let cluster = generator.below(source.clusters.count)
            let starts = source.workloads[workload].starts
            let index = generator.below(starts.count)
            let start = starts.lowerBound + index
            let play = try play(workload, cluster)
            guard start < play.environment.trace.count - 1 else { continue }
            let length = try source.lengths(workload, cluster).length(at: index) { () throws(SchedulingError) in
                try play.environment.length(from: start, until: .automatic)
            }
            guard start + length < play.environment.trace.count - 1 else { continue }
            return TrainingEpisode(workload: workload, cluster: cluster, start: start, length: length)
        }
        throw SchedulingError(.invalidArgument, "the training starts leave no episode before the end of their trace")
    }

    /// The environment of an episode, reset to its start.
    package func begin(_ episode: TrainingEpisode) throws(SchedulingError) -> Play {
        let play = try play(episode.workload, episode.cluster)
        try play.environment.reset(start: episode.start, until: .length(episode.length))
        return play
    }

    private func play(_ workload: Int, _ cluster: Int) throws(SchedulingError) -> Play {
        let index = workload * source.clusters.count + cluster
        if let play = plays[index] { return play }
        let play = Play(try Environment(source.scenario(workload, cluster), reward: reward))
        plays[index] = play
        return play
    }
}
