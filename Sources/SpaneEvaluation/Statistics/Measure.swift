/// A figure of the total waits of episodes.
public enum Measure: Hashable, Sendable {
    /// The mean without the lowest and the highest `Int(count * fraction)` episodes, in seconds; the fraction is in 0 ..< 0.5.
    case trimmedMean(fraction: Double)
    /// The mean of ln(1 + wait / 1000 s).
    case meanLog
    /// The share of episodes that wait longer than so many seconds, 0 ... 1.
    case shareAbove(seconds: Double)
}

/// The waits of one policy in ascending order, from which a figure of any resample follows without sorting again.
package struct RankedWaits: Sendable {
    private let episodes: [Int]
    private let waits: [Double]
    private let logs: [Double]

    /// Sorts the waits.
    package init(_ waits: [Double]) {
        let order = waits.indices.sorted { (waits[$0], $0) < (waits[$1], $1) }
        episodes = order
        self.waits = order.map { waits[$0] }
        logs = self.waits.map { Statistics.logWait($0) }
    }

    /// The figure of the sample that has episode `i` `counts[i]` times; as many draws as there are episodes.
    ///
    /// - Complexity: O(episodes).
    package func value(of measure: Measure, counts: [Int32]) -> Double {
        let total = waits.count
        switch measure {
        case .trimmedMean(let fraction):
            let dropped = Int(Double(total) * fraction)
            let kept = dropped..<total - dropped
            var rank = 0
            var sum = 0.0
            for index in waits.indices {
                let next = rank + Int(counts[episodes[index]])
                let times = min(next, kept.upperBound) - max(rank, kept.lowerBound)
                if times > 0 { sum += Double(times) * waits[index] }
                rank = next
            }
            return sum / Double(kept.count)
        case .meanLog:
            var sum = 0.0
            for index in logs.indices { sum += Double(counts[episodes[index]]) * logs[index] }
            return sum / Double(total)
        case .shareAbove(let limit):
            var above = 0
            for index in waits.indices.reversed() {
                guard waits[index] > limit else { break }
                above += Int(counts[episodes[index]])
            }
            return Double(above) / Double(total)
        }
    }
}
