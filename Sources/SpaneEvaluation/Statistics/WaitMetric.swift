/// What the total waits of many episodes come to, or the servers that many windows need: one number, lower is better. The table
/// below says all about each.
///
/// Every metric is the mean, over the episodes whose ranks it keeps, of a function of the wait or number that does not decrease.
public enum WaitMetric: String, CaseIterable, Codable, Sendable {
    case trimmedMean10 = "trimmed_mean_10"
    case trimmedMean15 = "trimmed_mean_15"
    case mean
    case meanLog = "mean_log"
    case shareAbove = "share_above"
    case serversMean = "servers_mean"
    case servers90 = "servers_p90"

    private var row: Row {
        switch self {
        case .trimmedMean10:
            Row(
                key: "trimmed-mean",
                title: "trimmed 10 %",
                summary: "Total wait in seconds, trimmed mean (10 %) of the episodes",
                trimmed: 0.1,
                uses: [.validation, .objective, .experiment]
            )
        case .trimmedMean15:
            Row(
                key: "trimmed-mean-15",
                title: "trimmed 15 %",
                summary: "Total wait in seconds, trimmed mean (15 %) of the episodes",
                trimmed: 0.15,
                uses: [.validation, .experiment]
            )
        case .mean:
            Row(
                key: "mean",
                title: "mean",
                summary: "Total wait in seconds, mean of the episodes",
                uses: [.objective]
            )
        case .meanLog:
            Row(
                key: "mean-log",
                title: "mean log",
                summary: "Mean of ln(1 + total wait / 1000 s)",
                unit: .logarithm,
                function: { Statistics.logWait($0, scale: $1.logScale) },
                uses: [.validation, .objective, .experiment]
            )
        case .shareAbove:
            Row(
                key: "share-above",
                title: "over \(Row.threshold) s",
                summary: "Share of episodes that wait over \(Row.threshold) s",
                unit: .share,
                function: { $0 > $1.threshold ? 1 : 0 },
                uses: [.experiment]
            )
        case .serversMean:
            Row(
                key: "servers-mean",
                title: "mean",
                summary: "Servers needed, mean of the windows",
                unit: .servers,
                uses: [.servers]
            )
        case .servers90:
            Row(
                key: "servers-90",
                title: "90th percentile",
                summary: "Servers needed, 90th percentile of the windows",
                unit: .servers,
                kept: { count in
                    // The lowest rank that nine tenths of the windows do not exceed.
                    let rank = (9 * count + 9) / 10
                    return max(0, rank - 1)..<rank
                },
                uses: [.servers]
            )
        }
    }

    /// What some metrics depend on, in seconds.
    public struct Scales: Hashable, Sendable {
        /// The scale of ``meanLog``: the larger, the more long waits count.
        public var logScale = 1000.0
        /// The wait that ``shareAbove`` counts from.
        public var threshold = 500_000.0

        /// The usual ones.
        public init(logScale: Double = 1000, threshold: Double = 500_000) {
            self.logScale = logScale
            self.threshold = threshold
        }
    }

    /// What a metric is counted in.
    public enum Unit: Sendable {
        case seconds
        case logarithm
        /// 0 ... 1
        case share
        /// Servers.
        case servers
    }

    /// Where a metric can be chosen or is shown.
    package enum Use: Sendable {
        /// `validation.metric`
        case validation
        /// `learner.objective` of the evolution strategy.
        case objective
        /// The columns of `spane experiment` where waits are compared.
        case experiment
        /// The columns of `spane experiment servers`.
        case servers
    }

    private struct Row {
        let key: String
        let title: String
        let summary: String
        var unit = Unit.seconds
        var trimmed = 0.0
        var function: @Sendable (_ wait: Double, Scales) -> Double = { wait, _ in wait }
        /// The ranks that count of so many episodes; `nil` for those that are not trimmed.
        var kept: (@Sendable (_ count: Int) -> Range<Int>)?
        let uses: [Use]

        /// Stands for the threshold in a text.
        static let threshold: Character = "#"

        static func text(_ text: String, threshold: String) -> String {
            text.reduce("") { $0 + ($1 == Row.threshold ? threshold : "\($1)") }
        }
    }
}

extension WaitMetric {
    /// The metrics of a use.
    package static func all(for use: Use) -> [WaitMetric] { allCases.filter { $0.row.uses.contains(use) } }

    /// Its name in results: `trimmed_mean_10`.
    public var name: String { rawValue }

    /// Its name in configurations: `trimmed-mean`.
    public var key: String { row.key }

    /// What it is counted in.
    public var unit: Unit { row.unit }

    /// The share of the lowest and of the highest episodes that is left out, in per cent; 0 for none.
    package var trimmedPercent: Int { Int((row.trimmed * 100).rounded()) }

    /// The head of its column.
    ///
    /// - Parameter threshold: the threshold as it is shown.
    package func title(threshold: String) -> String { Row.text(row.title, threshold: threshold) }

    /// What it is, in one line.
    package func summary(threshold: String) -> String { Row.text(row.summary, threshold: threshold) }

    /// What some total waits in seconds come to.
    ///
    /// - Complexity: O(n log n).
    public func value(of waits: [Double], _ scales: Scales = Scales()) -> Double {
        let values = values(of: waits, scales)
        return row.trimmed == 0 && row.kept == nil
            ? Statistics.mean(values) : Statistics.mean(Array(values.sorted()[kept(of: values.count)]))
    }

    /// What is averaged for each wait.
    func values(of waits: [Double], _ scales: Scales) -> [Double] {
        let row = row
        return waits.map { row.function($0, scales) }
    }

    /// The ranks that count of so many episodes.
    func kept(of count: Int) -> Range<Int> {
        if let kept = row.kept { return kept(count) }
        let dropped = Int(Double(count) * row.trimmed)
        return dropped..<count - dropped
    }
}
