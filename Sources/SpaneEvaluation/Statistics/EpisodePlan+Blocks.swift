internal import SpaneSystem

extension EpisodePlan {
    /// The numbers of the episodes in the order of their starts.
    public var timeOrder: [Int] { episodes.timeOrder }

    /// How many episodes start, on average, while one lasts (counted in VMs, itself included): neighbours this near share VMs.
    public var meanOverlap: Double { episodes.meanOverlap }

    /// The block length for a bootstrap of these episodes when none is asked for.
    public var defaultBlockLength: Int { episodes.defaultBlockLength }

    /// How many times the span of an episode, on average, a block of so many episodes covers.
    public func spans(ofBlock length: Int) -> Double { episodes.spans(ofBlock: length) }
}

// The same of episodes that were played elsewhere.
extension [EpisodePlan.Episode] {
    package var timeOrder: [Int] { indices.sorted { (self[$0].start, $0) < (self[$1].start, $1) } }

    /// - Complexity: O(n log n).
    package var meanOverlap: Double {
        let sorted = timeOrder.map { self[$0] }
        var next = 0
        var overlaps = 0
        for (index, episode) in sorted.enumerated() {
            // Lengths differ, so the end may lie before that of the episode before.
            while next < sorted.count, sorted[next].start < episode.start + episode.length { next += 1 }
            while next > index + 1, sorted[next - 1].start >= episode.start + episode.length { next -= 1 }
            overlaps += next - index
        }
        return sorted.isEmpty ? 0 : Double(overlaps) / Double(sorted.count)
    }

    /// Blocks cover four times what an episode covers. Were the dependence to fade evenly over one episode, the interval would
    /// then be about 4 % too narrow. Blocks have at least ∛n episodes, since traffic drifts even where episodes do not overlap,
    /// and at most an eighth of all, since fewer than eight blocks say little.
    package var defaultBlockLength: Int {
        let wanted = Swift.max((4 * meanOverlap).rounded(.up), cbrt(Double(count)).rounded(.up))
        return Swift.max(1, Swift.min(Int(wanted), count / 8))
    }

    package func spans(ofBlock length: Int) -> Double { meanOverlap > 0 ? Double(length) / meanOverlap : 0 }
}
