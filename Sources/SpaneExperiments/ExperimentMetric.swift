public import SpaneEvaluation

/// A column of an experiment's summary: a metric of the waits, or what it is beside that of the bound and of First Fit.
public struct ExperimentMetric: Hashable, Sendable {
    /// What is made of a metric.
    public enum Comparison: CaseIterable, Sendable {
        /// The metric itself.
        case none
        /// Less that of the lower bounds.
        case aboveBound
        /// The share of First Fit's ``aboveBound`` that is saved: 1 at the bound, 0 at First Fit, negative beyond it.
        case saved
    }

    /// The metric.
    public let metric: WaitMetric
    /// What is made of it.
    public let comparison: Comparison

    init(_ metric: WaitMetric, _ comparison: Comparison = .none) {
        self.metric = metric
        self.comparison = comparison
    }

    /// The metrics themselves of a kind of experiment, in the order in which they are worked out.
    public static func plain(of kind: Experiment.Kind) -> [ExperimentMetric] {
        WaitMetric.all(for: kind.use).map { ExperimentMetric($0) }
    }

    /// All columns of a kind of experiment.
    public static func all(of kind: Experiment.Kind) -> [ExperimentMetric] {
        plain(of: kind).flatMap { plain in
            Comparison.allCases.filter { $0 == .none || plain.metric.isComparedWithBound }
                .map { ExperimentMetric(plain.metric, $0) }
        }
    }

    /// The mean total wait without the lowest and highest tenth of episodes: the paper's metric.
    public static let trimmedMean10 = ExperimentMetric(.trimmedMean10)
    /// ``trimmedMean10`` above the bound.
    public static let aboveBound10 = ExperimentMetric(.trimmedMean10, .aboveBound)
    /// The share of ``aboveBound10`` that is saved.
    public static let saved10 = ExperimentMetric(.trimmedMean10, .saved)
    /// The mean total wait without the lowest and highest 15 % of episodes.
    public static let trimmedMean15 = ExperimentMetric(.trimmedMean15)
    /// ``trimmedMean15`` above the bound.
    public static let aboveBound15 = ExperimentMetric(.trimmedMean15, .aboveBound)
    /// The share of ``aboveBound15`` that is saved.
    public static let saved15 = ExperimentMetric(.trimmedMean15, .saved)
    /// The mean of ln(1 + wait / 1000 s).
    public static let meanLog = ExperimentMetric(.meanLog)
    /// The share of episodes that wait longer than the threshold.
    public static let shareAbove = ExperimentMetric(.shareAbove)

    /// The mean number of servers that a window needs.
    public static let serversMean = ExperimentMetric(.serversMean)
    /// The number of servers that nine tenths of the windows do not exceed.
    public static let servers90 = ExperimentMetric(.servers90)

    /// Whether it is a metric itself.
    public var isPlain: Bool { comparison == .none }

    private var isOfServers: Bool { metric.unit == .servers }

    /// Its name in files: `saved_10`.
    public var name: String {
        switch comparison {
        case .none: metric.name
        case .aboveBound: isOfServers ? "servers_above_bound" : "above_bound_\(metric.trimmedPercent)"
        case .saved: isOfServers ? "servers_saved" : "saved_\(metric.trimmedPercent)"
        }
    }

    /// What it is counted in.
    public var unit: WaitMetric.Unit { comparison == .saved ? .share : metric.unit }

    /// The head of its column.
    ///
    /// - Parameter threshold: the threshold as it is shown.
    package func title(threshold: String) -> String {
        switch comparison {
        case .none: metric.title(threshold: threshold)
        case .aboveBound: isOfServers ? "above bound" : "above bound, \(metric.trimmedPercent) %"
        case .saved: isOfServers ? "saved" : "saved, \(metric.trimmedPercent) %"
        }
    }

    /// What it is, in one line.
    package func summary(threshold: String) -> String {
        switch comparison {
        case .none: metric.summary(threshold: threshold)
        case .aboveBound where isOfServers: "Servers needed above the bound, mean of the windows"
        case .saved where isOfServers: "Share of First Fit's excess over the bound that is saved, means of the windows"
        case .aboveBound: "Trimmed mean (\(metric.trimmedPercent) %) above that of the bound, in seconds"
        case .saved:
            "Share of First Fit's excess over the bound that is saved, trimmed means (\(metric.trimmedPercent) %)"
        }
    }

    /// The value, from the metric of a policy, of First Fit and of the bound; not a number when First Fit is at the bound and
    /// there is nothing to save.
    func value(policy: Double, firstFit: Double, bound: Double) -> Double {
        switch comparison {
        case .none: policy
        case .aboveBound: policy - bound
        case .saved: firstFit > bound ? (firstFit - policy) / (firstFit - bound) : .nan
        }
    }
}

extension WaitMetric {
    /// Whether it has columns beside the bound: trimmed means of waits, and the mean of servers.
    fileprivate var isComparedWithBound: Bool { trimmedPercent > 0 || self == .serversMean }
}
