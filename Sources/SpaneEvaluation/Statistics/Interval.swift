internal import SpaneSystem

/// A confidence interval.
public struct Interval: Equatable, Sendable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// Creates an interval.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// Whether the value lies in the interval, ends included.
    public func contains(_ value: Double) -> Bool { low <= value && value <= high }

    /// The expanded percentile interval (Hesterberg, 2015): quantiles of the resampled values, so far out as makes up for how
    /// few blocks there are. Plain percentiles of few blocks are too narrow, as a normal interval is beside Student's.
    ///
    /// `nil` when there are fewer than two blocks or a value is not finite.
    package init?(resampled values: [Double], confidence: Double, blocks: Int) {
        guard blocks >= 2, !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        let tail = Self.expandedTail(confidence: confidence, count: blocks)
        low = Self.quantile(sorted, tail)
        high = Self.quantile(sorted, 1 - tail)
    }

    /// The share of resampled values to leave out at each end.
    static func expandedTail(confidence: Double, count: Int) -> Double {
        let student = StudentT(degreesOfFreedom: count - 1).quantile((1 + confidence) / 2)
        let normal = student * (Double(count) / Double(count - 1)).squareRoot()
        return erfc(normal / 2.0.squareRoot()) / 2
    }

    /// The value below which a share of a sorted sample lies, interpolated between neighbours.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let index = min(Int(place), sorted.count - 1)
        let next = min(index + 1, sorted.count - 1)
        // A sum of products would miss equal neighbours by a rounding.
        return sorted[index] + (sorted[next] - sorted[index]) * (place - Double(index))
    }
}

/// Student's distribution with a whole number of degrees of freedom, at least 1.
package struct StudentT {
    private let degreesOfFreedom: Int

    /// The distribution with so many degrees of freedom.
    package init(degreesOfFreedom: Int) { self.degreesOfFreedom = degreesOfFreedom }

    /// The chance of a value between `-t` and `t` (Abramowitz and Stegun, 26.7.3 and 26.7.4).
    ///
    /// - Complexity: O(degrees of freedom).
    package func central(_ t: Double) -> Double {
        let angle = atan(t / Double(degreesOfFreedom).squareRoot())
        let (sine, cosine) = (sin(angle), cos(angle))
        let isOdd = !degreesOfFreedom.isMultiple(of: 2)
        var term = isOdd ? cosine : 1
        var sum = 0.0
        var power = isOdd ? 1 : 0
        while power <= degreesOfFreedom - 2 {
            sum += term
            term *= cosine * cosine * Double(power + 1) / Double(power + 2)
            power += 2
        }
        return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
    }

    /// The value that a share of draws stays below.
    ///
    /// - Parameter share: 0.5 ..< 1.
    package func quantile(_ share: Double) -> Double {
        // Beyond this many it is the normal distribution to five digits, and the sum above would only take longer.
        let exact = StudentT(degreesOfFreedom: min(degreesOfFreedom, 100_000))
        var (low, high) = (0.0, 1.0)
        while exact.central(high) < 2 * share - 1, high < 1e9 { high *= 2 }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if exact.central(middle) < 2 * share - 1 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
