/// How much a figure depends on the seed with which a learner was trained: the figures of several seeds.
public struct SeedSpread: Equatable, Sendable {
    /// The number of seeds.
    public let count: Int
    /// The mean of the figures.
    public let mean: Double
    /// The standard deviation of a figure, as far as these tell; not a number with fewer than two seeds.
    public let deviation: Double

    /// More seeds than anyone trains.
    private static let most = 100_000

    /// The figures, one of each seed.
    public init(_ figures: [Double]) {
        count = figures.count
        let mean = Statistics.mean(figures)
        self.mean = mean
        let squares = figures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = figures.count < 2 ? .nan : (squares / Double(figures.count - 1)).squareRoot()
    }

    /// Student's interval of the mean over all seeds that there could be; `nil` with fewer than two.
    public func interval(confidence: Double) -> Interval? {
        guard deviation.isFinite else { return nil }
        let half = width(count, confidence) / 2
        return Interval(low: mean - half, high: mean + half)
    }

    /// How wide that interval is, as a share of the mean; `nil` with fewer than two seeds.
    public func relativeWidth(confidence: Double) -> Double? {
        guard deviation.isFinite else { return nil }
        return share(width(count, confidence))
    }

    /// The fewest seeds, these included, with which the interval would be no wider than this share of the mean if the deviation
    /// stayed as it is; `nil` where it cannot be told, or no number that can be trained suffices.
    ///
    /// - Complexity: O(seeds), as Student's distribution is a sum.
    public func count(forRelativeWidth wanted: Double, confidence: Double) -> Int? {
        guard deviation.isFinite, share(width(Self.most, confidence)) <= wanted else { return nil }
        var (low, high) = (2, Self.most)
        while low < high {
            let middle = (low + high) / 2
            if share(width(middle, confidence)) <= wanted { high = middle } else { low = middle + 1 }
        }
        return max(low, count)
    }

    /// The width that so many seeds would have.
    private func width(_ seeds: Int, _ confidence: Double) -> Double {
        let student = StudentT(degreesOfFreedom: seeds - 1).quantile((1 + confidence) / 2)
        return 2 * student * deviation / Double(seeds).squareRoot()
    }

    private func share(_ width: Double) -> Double { width == 0 ? 0 : width / mean.magnitude }
}
