internal import SpaneSystem
package import SpaneEvaluation
package import SpaneNetworks
package import SpaneScheduling

/// The episodes that tell how good a network is, and how their waits become one number; lower is better.
package struct Validation: Sendable {
    /// The episodes of one cluster.
    package struct Round: Sendable {
        /// The servers.
        package let cluster: Fleet
        /// The episodes.
        package let plan: EpisodePlan
        /// The result of First Fit.
        package let firstFit: Double
    }

    /// The result of a network.
    package struct Result: Equatable, Sendable {
        /// The number by which networks are compared.
        package let value: Double
        /// The metric of each cluster.
        package let byCluster: [Double]
    }

    /// The trace.
    package let trace: Trace
    /// One for each cluster.
    package let rounds: [Round]
    private let metric: WaitMetric
    private let combination: ValidationSettings.Combination

    /// Plans the episodes and plays them with First Fit.
    package init(_ settings: ValidationSettings, data: TrainingData, threads: Int) throws {
        trace = data.validationTrace
        metric = settings.metric
        combination = settings.combination
        var rounds: [Round] = []
        for cluster in data.validationClusters {
            let plan = try EpisodePlan(
                Scenario(trace, on: cluster, moves: data.moves),
                starts: data.validationStarts,
                threads: threads
            )
            let evaluation = try Evaluation(of: .heuristic(.firstFit), on: plan, threads: threads)
            rounds.append(
                Round(cluster: cluster, plan: plan, firstFit: metric.value(of: evaluation.totalWaits))
            )
        }
        self.rounds = rounds
    }

    /// The episodes of all rounds together.
    package var episodeCount: Int { rounds.reduce(0) { $0 + $1.plan.episodes.count } }

    /// Plays every episode.
    ///
    /// The result does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - progress: called with the number of episodes played so far, by one thread at a time.
    ///   - afterEpisode: called after each episode; an error of it ends the validation.
    package func result(
        of model: Model,
        threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil,
        afterEpisode: (@Sendable () throws -> Void)? = nil
    ) throws -> Result {
        var byCluster: [Double] = []
        var played = 0
        for round in rounds {
            let before = played
            let evaluation = try Evaluation(
                of: .model(model),
                on: round.plan,
                threads: threads,
                progress: { progress?(before + $0) },
                afterEpisode: afterEpisode
            )
            byCluster.append(metric.value(of: evaluation.totalWaits))
            played += round.plan.episodes.count
        }
        return Result(value: combine(byCluster), byCluster: byCluster)
    }

    /// The result of First Fit.
    package var firstFit: Result {
        let byCluster = rounds.map(\.firstFit)
        return Result(value: combine(byCluster), byCluster: byCluster)
    }

    private func combine(_ metrics: [Double]) -> Double {
        switch (combination, metric.unit) {
        case (.mean, _):
            Statistics.mean(metrics)
        case (.ratio, .logarithm):
            Statistics.mean(zip(metrics, rounds).map { $0 - $1.firstFit })
        case (.ratio, _):
            // A second more keeps the ratio finite where nobody waits.
            Statistics.mean(zip(metrics, rounds).map { log((1 + $0) / (1 + $1.firstFit)) })
        }
    }
}
