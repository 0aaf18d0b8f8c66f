/// Six quantiles of lifetimes, in seconds.
///
/// A quantile between two lifetimes is interpolated linearly: of n sorted values, quantile q is at position (n - 1) q.
public struct LifetimeQuantiles: Equatable, Sendable {
    /// A tenth of the lifetimes are shorter.
    public var tenth: Double
    /// A quarter of the lifetimes are shorter.
    public var lowerQuartile: Double
    /// Half of the lifetimes are shorter.
    public var median: Double
    /// Three quarters of the lifetimes are shorter.
    public var upperQuartile: Double
    /// Nine tenths of the lifetimes are shorter.
    public var ninetieth: Double
    /// 99 of 100 lifetimes are shorter.
    public var ninetyNinth: Double

    /// Creates the quantiles of lifetimes in ascending order; all are 0 if there are none.
    ///
    /// - Complexity: O(1).
    init(sorted lifetimes: some RandomAccessCollection<Double>) {
        func quantile(_ share: Double) -> Double {
            guard let last = lifetimes.last else { return 0 }
            let position = Double(lifetimes.count - 1) * share
            let below = lifetimes.index(lifetimes.startIndex, offsetBy: Int(position))
            let above = lifetimes.index(after: below)
            guard above < lifetimes.endIndex else { return last }
            let fraction = position.truncatingRemainder(dividingBy: 1)
            return lifetimes[below] + fraction * (lifetimes[above] - lifetimes[below])
        }
        tenth = quantile(0.1)
        lowerQuartile = quantile(0.25)
        median = quantile(0.5)
        upperQuartile = quantile(0.75)
        ninetieth = quantile(0.9)
        ninetyNinth = quantile(0.99)
    }

    /// The six, from the smallest to the largest.
    public var values: [Double] { [tenth, lowerQuartile, median, upperQuartile, ninetieth, ninetyNinth] }
}
