import SpaneEvaluation
import Testing

/// How sure the mean of several seeds is.
@Suite struct SeedSpreadTests {
    private let spread = SeedSpread([10, 12, 11, 13])

    @Test func theInterval() throws {
        #expect(spread.mean == 11.5)
        let interval = try #require(spread.interval(confidence: 0.95))
        // 3.182446: the quantile of Student's distribution with three degrees of freedom; 5 / 3: the variance.
        let half = 3.182446 * (5.0 / 3).squareRoot() / 2
        #expect(abs(interval.low - (11.5 - half)) < 1e-5)
        #expect(abs(interval.high - (11.5 + half)) < 1e-5)
        let width = try #require(spread.relativeWidth(confidence: 0.95))
        #expect(abs(width - 2 * half / 11.5) < 1e-6)
    }

    /// The number that is told is the first that suffices.
    @Test(arguments: [0.5, 0.2, 0.05])
    func theNumber(width: Double) throws {
        let count = try #require(spread.count(forRelativeWidth: width, confidence: 0.95))
        func share(_ seeds: Int) -> Double {
            let student = StudentT(degreesOfFreedom: seeds - 1).quantile(0.975)
            return 2 * student * spread.deviation / Double(seeds).squareRoot() / spread.mean
        }
        #expect(share(count) <= width)
        #expect(share(count - 1) > width)
    }

    @Test func whatCannotBeTold() {
        let one = SeedSpread([3])
        #expect(one.interval(confidence: 0.9) == nil)
        #expect(one.relativeWidth(confidence: 0.9) == nil)
        #expect(one.count(forRelativeWidth: 1, confidence: 0.9) == nil)
        // The mean is 0, or too many would be needed.
        #expect(SeedSpread([-1, 1]).count(forRelativeWidth: 1, confidence: 0.9) == nil)
        #expect(SeedSpread([1, 9]).count(forRelativeWidth: 1e-9, confidence: 0.9) == nil)
        // Seeds that do not differ are enough.
        let same = SeedSpread([0, 0, 0])
        #expect(same.relativeWidth(confidence: 0.9) == 0)
        #expect(same.count(forRelativeWidth: 0.01, confidence: 0.9) == 3)
        #expect(spread.count(forRelativeWidth: 10, confidence: 0.95) == 4)
    }
}
