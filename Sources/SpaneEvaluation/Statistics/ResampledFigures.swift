package import SpaneScheduling

/// Metrics of several policies on the same episodes, and the same metrics in every resample of the episodes.
///
/// A resample is the same for all policies. Whatever is worked out from the figures of several, a difference say, is
/// therefore paired, and its interval is narrow where the policies wait in the same episodes.
public struct ResampledFigures: Sendable {
    /// The figures in the sample itself or in one resample.
    public struct View: Sendable {
        fileprivate let values: ArraySlice<Double>
        fileprivate let metricCount: Int

        /// A metric of a series, both by their numbers.
        public subscript(series: Int, metric: Int) -> Double {
            values[values.startIndex + series * metricCount + metric]
        }
    }

    /// The bootstrap that drew the resamples.
    public let bootstrap: BlockBootstrap
    private let metricCount: Int
    private let original: [Double]
    private let resampled: [[Double]]

    /// Works out all figures.
    ///
    /// - Parameters:
    ///   - series: the total waits of each policy, in order of time, each with as many as the bootstrap has.
    ///   - threads: the results do not depend on it.
    /// - Complexity: O(resamples * series * metrics * episodes).
    public init(
        series: [[Double]],
        metrics: [WaitMetric],
        scales: WaitMetric.Scales = WaitMetric.Scales(),
        bootstrap: BlockBootstrap,
        threads: Int = 1
    ) throws {
        try self.init(
            series: series,
            metrics: metrics,
            scales: scales,
            bootstrap: bootstrap,
            threads: threads,
            reporting: .none
        )
    }

    /// The same, telling whoever waits for it how far it is.
    package init(
        series: [[Double]],
        metrics: [WaitMetric],
        scales: WaitMetric.Scales,
        bootstrap: BlockBootstrap,
        threads: Int,
        reporting: Progress
    ) throws {
        precondition(
            series.allSatisfy { $0.count == bootstrap.count },
            "every series must have \(bootstrap.count) waits"
        )
        let ranked = series.map { RankedWaits($0, metrics: metrics, scales: scales) }
        @Sendable func figures(_ counts: [Int32]) -> [Double] { ranked.flatMap { $0.values(counts: counts) } }
        let once = [Int32](repeating: 1, count: bootstrap.count)
        original = figures(once)
        resampled = try parallelMap(
            count: bootstrap.resamples,
            threads: threads,
            reporting: reporting,
            makeState: { once }
        ) { counts, index in
            bootstrap.draw(resample: index, into: &counts)
            return figures(counts)
        }
        metricCount = metrics.count
        self.bootstrap = bootstrap
    }

    /// What `figure` is in the sample.
    public func value(_ figure: (View) -> Double) -> Double { figure(view(original)) }

    /// What `figure` is in the sample, with its interval.
    ///
    /// - Parameters:
    ///   - confidence: the share of such intervals that should hold the true value, above 0 and below 1.
    ///   - figure: worked out from the figures of any series; the interval is missing when it is not finite in every resample.
    public func estimate(confidence: Double = 0.95, _ figure: (View) -> Double) -> Estimate {
        let values = resampled.map { figure(view($0)) }
        return Estimate(
            value: value(figure),
            interval: Interval(resampled: values, confidence: confidence, blocks: bootstrap.blockCount)
        )
    }

    private func view(_ values: [Double]) -> View { View(values: values[...], metricCount: metricCount) }
}

/// A figure and how sure it is.
public struct Estimate: Equatable, Sendable {
    /// The figure in the sample.
    public let value: Double
    /// Its confidence interval; `nil` when the episodes are too few to have one.
    public let interval: Interval?

    /// Creates an estimate.
    public init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}
