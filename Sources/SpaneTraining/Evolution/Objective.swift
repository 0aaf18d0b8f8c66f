internal import SpaneEvaluation

/// What an evolution strategy makes small: a figure of the total waits of a generation's episodes.
public enum Objective: String, CaseIterable, Codable, Equatable, Sendable {
    /// The mean of ln(1 + wait / scale): above the scale every factor counts the same, wherever it is.
    case meanLog = "mean-log"
    /// The mean without the lowest and the highest tenth, in seconds: the paper's metric.
    case trimmedMean = "trimmed-mean"
    /// The mean in seconds.
    case mean

    /// The figure of some total waits in seconds.
    ///
    /// - Parameter logScale: the scale of the logarithm in seconds.
    package func value(_ waits: [Double], logScale: Double) -> Double {
        switch self {
        case .meanLog: Statistics.mean(waits.map { Statistics.logWait($0, scale: logScale) })
        case .trimmedMean: Statistics.trimmedMean(waits)
        case .mean: Statistics.mean(waits)
        }
    }
}
