public import SpaneScheduling

/// The starts of episodes.
public enum Starts {
    /// `count` distinct starts drawn uniformly from a range, in the order in which they were drawn.
    ///
    /// - Throws: `invalidArgument` when the range does not lie in 0 ..< 2³¹ - 1, when it has fewer than `count` starts, or
    ///   when `count` is below 1.
    /// - Complexity: O(count).
    public static func sample(_ range: Range<Int>, count: Int, seed: UInt64) throws(SchedulingError) -> [Int] {
        guard range.lowerBound >= 0, range.upperBound <= Int(Int32.max) else {
            throw SchedulingError(
                .invalidArgument,
                "starts in \(range.lowerBound)..<\(range.upperBound): the range must lie in 0..<\(Int32.max)"
            )
        }
        guard count >= 1, count <= range.count else {
            throw SchedulingError(
                .invalidArgument,
                "\(count) starts in \(range.lowerBound)..<\(range.upperBound): the count must be in 1 ... \(range.count)"
            )
        }
        var generator = Xoshiro256StarStar(seed: seed)
        // A shuffle that stops after `count` swaps and remembers only what has moved.
        var moved: [Int: Int] = [:]
        return (0..<count).map { index in
            let other = index + generator.below(range.count - index)
            let start = moved[other] ?? range.lowerBound + other
            moved[other] = moved[index] ?? range.lowerBound + index
            return start
        }
    }

    /// The starts that `LO..<HI:COUNT:SEED` describes, or `nil` when the text is not of this form.
    ///
    /// - Throws: `invalidArgument` as ``sample(_:count:seed:)`` does.
    public static func parse(_ text: String) throws(SchedulingError) -> [Int]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let (low, high) = bounds(parts[0]), let count = Int(parts[1]),
            let seed = UInt64(parts[2])
        else { return nil }
        guard low < high else {
            throw SchedulingError(.invalidArgument, "starts \"\(text)\": \(low) must be below \(high)")
        }
        return try sample(low..<high, count: count, seed: seed)
    }

    /// The range that `LO..<HI` describes, or `nil` when the text is not of this form or the range is empty.
    package static func range(_ text: String) -> Range<Int>? {
        guard let (low, high) = bounds(Substring(text)), low < high else { return nil }
        return low..<high
    }

    private static func bounds(_ text: Substring) -> (low: Int, high: Int)? {
        guard let dots = text.firstRange(of: "..<"), let low = Int(text[..<dots.lowerBound]),
            let high = Int(text[dots.upperBound...])
        else { return nil }
        return (low, high)
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
