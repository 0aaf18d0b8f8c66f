internal import SpaneSystem

/// Summaries of a sample.
public enum Statistics {
    /// The mean without the lowest and the highest `Int(count * fraction)` values; 0 for no values.
    ///
    /// The paper's metric takes a fraction of 0.1 of the episodes' total waits.
    ///
    /// - Parameter fraction: 0 ..< 0.5.
    /// - Complexity: O(n log n).
    public static func trimmedMean(_ values: [Double], fraction: Double = 0.1) -> Double {
        let dropped = Int(Double(values.count) * fraction)
        return mean(Array(values.sorted().dropFirst(dropped).dropLast(dropped)))
    }

    /// The mean; 0 for no values.
    public static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The middle value, or the mean of the two middle ones; 0 for no values.
    ///
    /// - Complexity: O(n log n).
    public static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// ln(1 + wait / scale): what a wait counts for where short and long ones shall weigh alike.
    ///
    /// - Parameters:
    ///   - wait: seconds, not negative.
    ///   - scale: seconds, above 0. Waits far below it count in proportion, waits far above by their factors.
    public static func logWait(_ wait: Double, scale: Double = 1000) -> Double { log(1 + wait / scale) }
}
