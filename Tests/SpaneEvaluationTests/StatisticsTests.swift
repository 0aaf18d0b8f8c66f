import SpaneEvaluation
import Testing

/// The definition of each summary of a sample.
@Suite struct StatisticsTests {
    /// `Int(n * 0.1)` values go at each end, whatever their order was.
    @Test(arguments: [1, 2, 9, 10, 11, 19, 20, 21, 99, 100, 150, 1000])
    func theTrimmedMeanDropsATenthAtEachEnd(count: Int) {
        let values = (0..<count).map { Double($0 * $0) }
        let dropped = count / 10
        let kept = values[dropped..<count - dropped]
        let expected = kept.reduce(0, +) / Double(kept.count)
        #expect(Statistics.trimmedMean(values) == expected)
        #expect(Statistics.trimmedMean(values.reversed()) == expected)
        // Evens up, odds down.
        let mixed =
            stride(from: 0, to: count, by: 2).map { values[$0] }
            + stride(from: 1, to: count, by: 2).map { values[$0] }.reversed()
        #expect(Statistics.trimmedMean(mixed) == expected)
    }

    @Test func outliersDoNotMatter() {
        let values = [5, -1e300, 1, 2, 3, 4, 5, 6, 7, 1e300]
        #expect(Statistics.trimmedMean(values) == 33.0 / 8)
    }

    @Test(arguments: [(0, 11_111, 9), (0.1, 11_111, 9), (0.12, 1111, 7), (0.25, 111, 5), (0.4, 11, 3), (0.49, 1, 1)])
    func otherFractions(fraction: Double, sum: Double, count: Double) {
        let values: [Double] = [0, 0, 0, 0, 1, 10, 100, 1000, 10_000]
        #expect(Statistics.trimmedMean(values, fraction: fraction) == sum / count)
    }

    @Test func theMean() {
        #expect(Statistics.mean([3]) == 3)
        #expect(Statistics.mean([1, 2, 6, -1]) == 2)
    }

    @Test(
        arguments: [
            ([3], 3), ([1, 9], 5), ([9, 1], 5), ([7, 1, 2], 2), ([4, 1, 3, 2], 2.5), ([5, 5, 5, 1, 1], 5),
        ] as [([Double], Double)]
    )
    func theMedian(values: [Double], expected: Double) { #expect(Statistics.median(values) == expected) }

    @Test func noValues() {
        #expect(Statistics.mean([]) == 0)
        #expect(Statistics.median([]) == 0)
        #expect(Statistics.trimmedMean([]) == 0)
    }
}
