public import SpaneScheduling

/// The starts of episodes.
public enum Starts {
    /// `count` distinct starts drawn uniformly from a range, in the order in which they were drawn.
    ///
    /// - Throws: `invalidArgument` when the range has fewer than `count` starts, or `count` is below 1.
    /// - Complexity: O(range).
    public static func sample(_ range: Range<Int>, count: Int, seed: UInt64) throws(SchedulingError) -> [Int] {
        guard range.lowerBound >= 0, count >= 1, count <= range.count else {
            throw SchedulingError(
                .invalidArgument,
                "\(count) starts in \(range.lowerBound)..<\(range.upperBound): the count must be in 1 ... \(range.count)"
            )
        }
        var generator = Xoshiro256StarStar(seed: seed)
        var pool = Array(range)
        for index in 0..<count { pool.swapAt(index, index + generator.below(pool.count - index)) }
        return Array(pool.prefix(count))
    }

    /// The starts that `LO..<HI:COUNT:SEED` describes, or `nil` when the text is not of this form.
    ///
    /// - Throws: `invalidArgument` as ``sample(_:count:seed:)`` does.
    public static func parse(_ text: String) throws(SchedulingError) -> [Int]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let dots = parts[0].firstRange(of: "..<"),
            let low = Int(parts[0][..<dots.lowerBound]), let high = Int(parts[0][dots.upperBound...]),
            let count = Int(parts[1]), let seed = UInt64(parts[2])
        else { return nil }
        guard low < high else {
            throw SchedulingError(.invalidArgument, "starts \"\(text)\": \(low) must be below \(high)")
        }
        return try sample(low..<high, count: count, seed: seed)
    }
}

extension Substring {
    /// Where `pattern` first stands.
    fileprivate func firstRange(of pattern: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(pattern) { return start..<index(start, offsetBy: pattern.count) }
            start = index(after: start)
        }
        return nil
    }
}
