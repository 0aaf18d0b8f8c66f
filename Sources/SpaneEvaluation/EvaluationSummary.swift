/// The figures of an evaluation that a table shows.
public struct EvaluationSummary: Equatable, Sendable {
    /// The mean total wait of an episode without the lowest and highest tenth of episodes, in seconds: the paper's metric.
    public let trimmedMean: Double
    /// The mean total wait of an episode in seconds.
    public let mean: Double
    /// The median total wait of an episode in seconds.
    public let median: Double
    /// The share of episodes in which no VM waits, 0 ... 1.
    public let shareWithoutWaiting: Double
    /// The mean wait of a VM in seconds, over all episodes.
    public let meanWaitPerVM: Double
    /// ``trimmedMean`` less the trimmed mean of the lower bounds, in seconds: what a perfect policy could at most save.
    public let aboveBound: Double
    /// Decisions (and environment steps) a second, on all threads together.
    public let decisionsPerSecond: Double

    /// Summarises the evaluation of one policy.
    public init(_ evaluation: Evaluation, on plan: EpisodePlan) { self.init(evaluation, plan.episodes) }

    /// The same, of episodes that were played elsewhere.
    package init(_ evaluation: Evaluation, _ episodes: [EpisodePlan.Episode]) {
        let waits = evaluation.totalWaits
        trimmedMean = WaitMetric.trimmedMean10.value(of: waits)
        mean = WaitMetric.mean.value(of: waits)
        median = Statistics.median(waits)
        shareWithoutWaiting = waits.isEmpty ? 0 : Double(waits.count { $0 == 0 }) / Double(waits.count)
        let vms = episodes.reduce(0) { $0 + $1.length }
        meanWaitPerVM = vms == 0 ? 0 : waits.reduce(0, +) / Double(vms)
        aboveBound = trimmedMean - WaitMetric.trimmedMean10.value(of: episodes.map(\.bound))
        decisionsPerSecond = evaluation.seconds > 0 ? Double(evaluation.decisionCount) / evaluation.seconds : 0
    }
}
