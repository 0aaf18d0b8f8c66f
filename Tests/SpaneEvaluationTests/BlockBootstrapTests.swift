import SpaneEvaluation
import SpaneScheduling
import Testing

/// How a series is drawn again.
@Suite struct BlockBootstrapTests {
    private func counts(_ bootstrap: BlockBootstrap, _ resample: Int) -> [Int32] {
        var counts = [Int32](repeating: -7, count: bootstrap.count)
        bootstrap.draw(resample: resample, into: &counts)
        return counts
    }

    /// The circular runs of equal counts begin and end at multiples of a block, so to speak: the sum of the steps up is the
    /// number of blocks that begin where no other ends.
    @Test(arguments: [(10, 1), (10, 3), (10, 5), (997, 90), (1, 1)])
    func everyResampleIsAsLongAsTheSeries(count: Int, blockLength: Int) throws {
        let bootstrap = try BlockBootstrap(count: count, blockLength: blockLength, resamples: 100, seed: 3)
        for resample in 0..<100 {
            let counts = counts(bootstrap, resample)
            #expect(counts.reduce(0, +) == Int32(count))
            let ups = counts.indices.reduce(0) { $0 + max(0, Int(counts[$1] - counts[($1 + count - 1) % count])) }
            #expect(ups <= (count + blockLength - 1) / blockLength)
        }
    }

    /// One whole block and a cut one: what is drawn are two runs of neighbours over the joined ends.
    @Test func blocksAreNeighbours() throws {
        let bootstrap = try BlockBootstrap(count: 7, blockLength: 3, resamples: 200, seed: 1)
        var wraps = 0
        for resample in 0..<200 {
            let drawn = counts(bootstrap, resample)
            var isFound = false
            for first in 0..<7 {
                for second in 0..<7 {
                    for third in 0..<7 {
                        var made = [Int32](repeating: 0, count: 7)
                        for offset in 0..<3 {
                            made[(first + offset) % 7] += 1
                            made[(second + offset) % 7] += 1
                        }
                        made[third] += 1
                        if made == drawn {
                            isFound = true
                            if first > 4 || second > 4 { wraps += 1 }
                        }
                    }
                }
            }
            #expect(isFound)
        }
        #expect(wraps > 0)
    }

    /// The ends are joined, so that no episode is drawn less often than another.
    @Test func everyValueIsDrawnEquallyOften() throws {
        let bootstrap = try BlockBootstrap(count: 20, blockLength: 6, resamples: 20_000, seed: 9)
        var sums = [Double](repeating: 0, count: 20)
        for resample in 0..<bootstrap.resamples {
            for (index, count) in counts(bootstrap, resample).enumerated() { sums[index] += Double(count) }
        }
        // A count has a variance of about 1, so a mean of 20,000 has a standard deviation of about 0.007.
        for sum in sums { #expect(abs(sum / Double(bootstrap.resamples) - 1) < 0.03) }
    }

    @Test func drawsFollowFromTheSeedAlone() throws {
        let one = try BlockBootstrap(count: 50, blockLength: 4, resamples: 100, seed: 5)
        let other = try BlockBootstrap(count: 50, blockLength: 4, resamples: 1000, seed: 5)
        let seeded = try BlockBootstrap(count: 50, blockLength: 4, resamples: 100, seed: 6)
        #expect(counts(one, 17) == counts(other, 17))
        #expect(counts(one, 17) != counts(one, 18))
        #expect(counts(one, 17) != counts(seeded, 17))
    }

    @Test func whatIsRefused() {
        func message(count: Int, blockLength: Int, resamples: Int) -> String? {
            do {
                _ = try BlockBootstrap(count: count, blockLength: blockLength, resamples: resamples, seed: 1)
                return nil
            } catch { return "\(error)" }
        }
        #expect(message(count: 0, blockLength: 1, resamples: 100) == "there are no episodes to draw from")
        #expect(message(count: 9, blockLength: 5, resamples: 100) == "a block has 5 episodes; of 9 it may have 1 ... 4")
        #expect(message(count: 9, blockLength: 0, resamples: 100) == "a block has 0 episodes; of 9 it may have 1 ... 4")
        #expect(message(count: 9, blockLength: 4, resamples: 99) == "resamples is 99; it must be at least 100")
        #expect(message(count: 9, blockLength: 4, resamples: 100) == nil)
    }
}
