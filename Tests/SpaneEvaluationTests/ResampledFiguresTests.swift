import Glibc
import SpaneEvaluation
import SpaneScheduling
import Testing

/// Figures of resamples and their intervals.
@Suite struct ResampledFiguresTests {
    private static let metrics = WaitMetric.all(for: .experiment)
    private static let scales = WaitMetric.Scales(threshold: 500)

    private func waits(_ count: Int, seed: UInt64) -> [Double] {
        var generator = Xoshiro256StarStar(seed: seed)
        return (0..<count).map { _ in Double(generator.below(1000)) }
    }

    /// A figure of counts is the figure of the sample that they describe.
    @Test func figuresOfCounts() throws {
        let waits = waits(97, seed: 1)
        let ranked = RankedWaits(waits, metrics: WaitMetric.allCases, scales: Self.scales)
        let bootstrap = try BlockBootstrap(count: 97, blockLength: 5, resamples: 100, seed: 2)
        var counts = [Int32](repeating: 1, count: 97)
        for resample in 0..<100 {
            bootstrap.draw(resample: resample, into: &counts)
            let sample = zip(waits, counts).flatMap { Array(repeating: $0, count: Int($1)) }
            for (metric, value) in zip(WaitMetric.allCases, ranked.values(counts: counts)) {
                let expected = metric.value(of: sample, Self.scales)
                // Whole seconds, so that no order of adding rounds; logarithms do.
                #expect(abs(value - expected) <= (metric.unit == .logarithm ? 1e-12 : 0), "\(metric)")
            }
        }
    }

    /// What each metric is, written out.
    @Test func metrics() {
        let waits = (1...20).map { Double($0 * 100) }
        #expect(WaitMetric.mean.value(of: waits) == 1050)
        #expect(WaitMetric.trimmedMean10.value(of: waits + [1e9, 1e9]) == (300...2000).middle)
        #expect(WaitMetric.trimmedMean15.value(of: [0, 0] + waits + [1e9]) == (200...1800).middle)
        #expect(WaitMetric.shareAbove.value(of: waits, Self.scales) == 0.75)
        #expect(WaitMetric.shareAbove.value(of: waits) == 0)
        #expect(WaitMetric.meanLog.value(of: [0, 1000 * (exp(2) - 1)]) == 1)
        #expect(abs(WaitMetric.meanLog.value(of: [30_000], WaitMetric.Scales(logScale: 30_000)) - log(2)) < 1e-15)
    }

    /// Names in results and in configurations are each of one metric.
    @Test func names() {
        #expect(Set(WaitMetric.allCases.map(\.key)).count == WaitMetric.allCases.count)
        #expect(WaitMetric.all(for: .validation).map(\.key) == ["trimmed-mean", "trimmed-mean-15", "mean-log"])
        #expect(WaitMetric.all(for: .objective).map(\.key) == ["trimmed-mean", "mean", "mean-log"])
        #expect(WaitMetric.shareAbove.title(threshold: "500") == "over 500 s")
    }

    /// The figure of the sample itself is the paper's metric to the last bit.
    @Test func theSampleItself() throws {
        let waits = waits(1000, seed: 4).map { $0 / 7 }
        let bootstrap = try BlockBootstrap(count: 1000, blockLength: 10, resamples: 100, seed: 1)
        let figures = try ResampledFigures(
            series: [waits],
            metrics: Self.metrics,
            scales: Self.scales,
            bootstrap: bootstrap
        )
        #expect(figures.value { $0[0, 0] } == Statistics.trimmedMean(waits))
        #expect(figures.value { $0[0, 1] } == Statistics.trimmedMean(waits, fraction: 0.15))
    }

    @Test func constantInputIsExact() throws {
        let bootstrap = try BlockBootstrap(count: 64, blockLength: 4, resamples: 200, seed: 1)
        let series = [[Double](repeating: 1000, count: 64), [Double](repeating: 400, count: 64)]
        let figures = try ResampledFigures(
            series: series,
            metrics: Self.metrics,
            scales: Self.scales,
            bootstrap: bootstrap
        )
        for (place, expected) in [(0, 1000.0), (1, 1000), (3, 1)] {
            let estimate = figures.estimate { $0[0, place] }
            #expect(estimate == Estimate(value: expected, interval: Interval(low: expected, high: expected)))
        }
        // A sum of logarithms rounds.
        let logs = try #require(figures.estimate { $0[0, 2] }.interval)
        #expect(abs(logs.low - Statistics.logWait(1000)) < 1e-12 && abs(logs.high - Statistics.logWait(1000)) < 1e-12)
        let difference = figures.estimate { $0[1, 0] - $0[0, 0] }
        #expect(difference == Estimate(value: -600, interval: Interval(low: -600, high: -600)))
    }

    /// Policies that wait alike differ by nothing at all, however unsure their own figures are.
    @Test func identicalPoliciesDoNotDiffer() throws {
        let bootstrap = try BlockBootstrap(count: 300, blockLength: 20, resamples: 500, seed: 1)
        let waits = waits(300, seed: 8).map { $0 / 1.5 }
        let figures = try ResampledFigures(
            series: [waits, waits],
            metrics: Self.metrics,
            scales: Self.scales,
            bootstrap: bootstrap
        )
        for place in Self.metrics.indices {
            let difference = figures.estimate { $0[1, place] - $0[0, place] }
            #expect(difference == Estimate(value: 0, interval: Interval(low: 0, high: 0)))
            let interval = try #require(figures.estimate { $0[0, place] }.interval)
            #expect(interval.low < interval.high)
        }
    }

    /// A policy that is better by a little in every episode is surely better, whatever the episodes.
    @Test func differencesArePaired() throws {
        let bootstrap = try BlockBootstrap(count: 300, blockLength: 20, resamples: 500, seed: 1)
        let waits = waits(300, seed: 8)
        let series = [waits, waits.map { $0 + 5 }]
        let figures = try ResampledFigures(
            series: series,
            metrics: Self.metrics,
            scales: Self.scales,
            bootstrap: bootstrap
        )
        let difference = figures.estimate { $0[1, 0] - $0[0, 0] }
        let interval = try #require(difference.interval)
        #expect(abs(difference.value - 5) < 1e-9 && abs(interval.low - 5) < 1e-9 && abs(interval.high - 5) < 1e-9)
        let alone = try #require(figures.estimate { $0[0, 0] }.interval)
        #expect(alone.high - alone.low > 20)
    }

    @Test func threadsAndSeeds() throws {
        let series = [waits(200, seed: 1), waits(200, seed: 2)]
        func interval(seed: UInt64, threads: Int) throws -> Interval? {
            let bootstrap = try BlockBootstrap(count: 200, blockLength: 9, resamples: 300, seed: seed)
            return try ResampledFigures(
                series: series,
                metrics: Self.metrics,
                scales: Self.scales,
                bootstrap: bootstrap,
                threads: threads
            ).estimate { $0[0, 0] - $0[1, 0] }.interval
        }
        let one = try interval(seed: 1, threads: 1)
        #expect(try one == interval(seed: 1, threads: 3))
        #expect(try one != interval(seed: 2, threads: 1))
    }

    /// Figures that are not always there have no interval; nor have those of a single block.
    @Test func intervalsThatAreNone() throws {
        let bootstrap = try BlockBootstrap(count: 40, blockLength: 2, resamples: 100, seed: 1)
        let figures = try ResampledFigures(
            series: [waits(40, seed: 1)],
            metrics: Self.metrics,
            scales: Self.scales,
            bootstrap: bootstrap
        )
        #expect(figures.estimate { 1 / ($0[0, 0] - $0[0, 0]) }.interval == nil)
        let single = try BlockBootstrap(count: 1, blockLength: 1, resamples: 100, seed: 1)
        let alone = try ResampledFigures(series: [[5]], metrics: Self.metrics, scales: Self.scales, bootstrap: single)
        #expect(alone.estimate { $0[0, 0] } == Estimate(value: 5, interval: nil))
    }

    // MARK: Intervals

    /// Tables of Student's distribution.
    @Test(
        arguments: [
            (1, 12.7062), (2, 4.30265), (3, 3.18245), (5, 2.57058), (10, 2.22814), (30, 2.04227), (1_000_000, 1.95997),
        ]
    )
    func studentsDistribution(degrees: Int, expected: Double) {
        #expect(abs(StudentT(degreesOfFreedom: degrees).quantile(0.975) - expected) < 2e-5)
    }

    /// With many blocks the ends are plain percentiles; with few they lie further out.
    @Test func intervalsOfFewBlocksAreWider() throws {
        let values = (0...1000).map(Double.init)
        let many = try #require(Interval(resampled: values, confidence: 0.95, blocks: 1_000_000))
        #expect(abs(many.low - 25) < 0.01 && abs(many.high - 975) < 0.01)
        let few = try #require(Interval(resampled: values, confidence: 0.95, blocks: 8))
        #expect(few.low > 3 && few.low < 10 && abs(few.low + few.high - 1000) < 1e-6)
        #expect(Interval(resampled: values, confidence: 0.95, blocks: 1) == nil)
    }

    /// Of 400 series whose neighbours are alike, nearly as many intervals hold the true mean as should. Intervals that take
    /// neighbours for independent hold it far too seldom.
    @Test func intervalsHoldTheTruthAsOftenAsTheySay() throws {
        func coverage(blockLength: Int) throws -> Double {
            var generator = Xoshiro256StarStar(seed: 77)
            var hits = 0
            for _ in 0..<400 {
                var value = 0.0
                let series = (0..<360).map { _ in
                    // Twelve uniform numbers make a normal one, nearly.
                    value = 0.8 * value + (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() }
                    return value
                }
                let bootstrap = try BlockBootstrap(count: 360, blockLength: blockLength, resamples: 400, seed: 1)
                let figures = try ResampledFigures(
                    series: [Array(series)],
                    metrics: [.mean],
                    bootstrap: bootstrap
                )
                if figures.estimate({ $0[0, 0] }).interval?.contains(0) == true { hits += 1 }
            }
            return Double(hits) / 400
        }
        let blocks = try coverage(blockLength: 36)
        let single = try coverage(blockLength: 1)
        print("coverage of 95 % intervals on an autoregressive series: blocks \(blocks), single values \(single)")
        #expect(blocks > 0.9 && blocks < 0.99)
        #expect(single < 0.6)
    }
}

extension ClosedRange<Int> {
    /// The mean of the hundreds in it.
    fileprivate var middle: Double { Double(lowerBound + upperBound) / 2 }
}
