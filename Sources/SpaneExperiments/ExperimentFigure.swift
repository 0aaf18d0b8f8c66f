internal import SpaneEvaluation

/// A column of an experiment's summary.
public enum ExperimentFigure: String, CaseIterable, Codable, Sendable {
    /// The mean total wait without the lowest and highest tenth of episodes, in seconds: the paper's metric.
    case trimmedMean10 = "trimmed_mean_10"
    /// ``trimmedMean10`` less that of the lower bounds, in seconds.
    case aboveBound10 = "above_bound_10"
    /// The share of First Fit's ``aboveBound10`` that is saved: 1 at the bound, 0 at First Fit, negative beyond it.
    case saved10 = "saved_10"
    /// The mean total wait without the lowest and highest 15 % of episodes, in seconds.
    case trimmedMean15 = "trimmed_mean_15"
    /// ``trimmedMean15`` less that of the lower bounds, in seconds.
    case aboveBound15 = "above_bound_15"
    /// The share of First Fit's ``aboveBound15`` that is saved.
    case saved15 = "saved_15"
    /// The mean of ln(1 + wait / 1000 s).
    case meanLog = "mean_log"
    /// The share of episodes that wait longer than the threshold, 0 ... 1.
    case shareAbove = "share_above"

    /// The figures of a policy's waits alone; the others set them against the bound and First Fit.
    public static let plain: [ExperimentFigure] = [.trimmedMean10, .trimmedMean15, .meanLog, .shareAbove]

    /// The measures of the plain figures.
    static func measures(threshold: Double) -> [Measure] {
        [.trimmedMean(fraction: 0.1), .trimmedMean(fraction: 0.15), .meanLog, .shareAbove(seconds: threshold)]
    }

    /// The place in ``plain`` of the figure that this one is made of.
    var measure: Int {
        switch self {
        case .trimmedMean10, .aboveBound10, .saved10: 0
        case .trimmedMean15, .aboveBound15, .saved15: 1
        case .meanLog: 2
        case .shareAbove: 3
        }
    }

    /// The figure, from the plain figures of a policy, of First Fit and of the bound; not a number when First Fit is at the
    /// bound and there is nothing to save.
    func value(policy: Double, firstFit: Double, bound: Double) -> Double {
        switch self {
        case .trimmedMean10, .trimmedMean15, .meanLog, .shareAbove: policy
        case .aboveBound10, .aboveBound15: policy - bound
        case .saved10, .saved15: firstFit > bound ? (firstFit - policy) / (firstFit - bound) : .nan
        }
    }
}
