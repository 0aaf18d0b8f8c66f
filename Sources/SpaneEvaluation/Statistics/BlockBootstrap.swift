public import SpaneScheduling

/// How a series in order of time is drawn again: in blocks of neighbours, which keep what ties neighbours together.
///
/// Episodes that start near each other share most of their VMs, so drawing single episodes would treat a few dozen
/// independent stretches of time as a thousand. The ends of the series are joined, so that every episode is drawn equally
/// often (circular block bootstrap: Politis and Romano, 1992).
public struct BlockBootstrap: Equatable, Sendable {
    /// The number of values in the series.
    public let count: Int
    /// The number of neighbours that are drawn together.
    public let blockLength: Int
    /// How often the series is drawn again.
    public let resamples: Int
    /// Which of many equally good sets of draws this is.
    public let seed: UInt64

    /// Describes a bootstrap.
    ///
    /// - Throws: `invalidArgument` when the series has no values, when a block is not in 1 ... max(1, count / 2), since an
    ///   interval takes two blocks, or when there are fewer than 100 resamples.
    public init(count: Int, blockLength: Int, resamples: Int, seed: UInt64) throws(SchedulingError) {
        guard count >= 1 else { throw SchedulingError(.invalidArgument, "there are no episodes to draw from") }
        guard blockLength >= 1, blockLength <= max(1, count / 2) else {
            throw SchedulingError(
                .invalidArgument,
                "a block has \(blockLength) episodes; of \(count) it may have 1 ... \(max(1, count / 2))"
            )
        }
        guard resamples >= 100 else {
            throw SchedulingError(.invalidArgument, "resamples is \(resamples); it must be at least 100")
        }
        self.count = count
        self.blockLength = blockLength
        self.resamples = resamples
        self.seed = seed
    }

    /// How many whole blocks the series has: as many values as it is worth, more or less.
    public var blockCount: Int { count / blockLength }

    /// Sets how often each value is drawn in one resample; the sum is ``count``.
    ///
    /// - Parameters:
    ///   - resample: 0 ..< ``resamples``; the draws depend on it and on the seed alone.
    ///   - counts: of length ``count``.
    /// - Complexity: O(count).
    package func draw(resample: Int, into counts: inout [Int32]) {
        var generator = Xoshiro256StarStar(seed: seed, stream: UInt64(resample))
        for index in 0..<count { counts[index] = 0 }
        var left = count
        while left > 0 {
            let first = generator.below(count)
            // The last block is cut, so that all resamples are as long as the series.
            for offset in 0..<min(blockLength, left) {
                let index = first + offset
                counts[index < count ? index : index - count] += 1
            }
            left -= blockLength
        }
    }
}
