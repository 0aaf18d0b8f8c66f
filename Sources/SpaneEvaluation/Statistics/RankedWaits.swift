/// The waits of one policy in ascending order, from which a metric of any resample follows without sorting again.
package struct RankedWaits: Sendable {
    private let episodes: [Int]
    private let metrics: [WaitMetric]
    // For each metric what it averages, in the same order: no metric goes down where waits go up.
    private let values: [[Double]]

    /// Sorts the waits.
    package init(_ waits: [Double], metrics: [WaitMetric], scales: WaitMetric.Scales = WaitMetric.Scales()) {
        let order = waits.indices.sorted { (waits[$0], $0) < (waits[$1], $1) }
        let sorted = order.map { waits[$0] }
        episodes = order
        self.metrics = metrics
        values = metrics.map { $0.values(of: sorted, scales) }
    }

    /// Each metric of the sample that has episode `i` `counts[i]` times; as many draws as there are episodes.
    ///
    /// - Complexity: O(metrics * episodes).
    package func values(counts: [Int32]) -> [Double] {
        metrics.indices.map { metric in
            let values = values[metric]
            let kept = metrics[metric].kept(of: values.count)
            var rank = 0
            var sum = 0.0
            for index in values.indices {
                let next = rank + Int(counts[episodes[index]])
                let times = min(next, kept.upperBound) - max(rank, kept.lowerBound)
                if times > 0 { sum += Double(times) * values[index] }
                rank = next
            }
            return sum / Double(kept.count)
        }
    }
}
