import SpaneEvaluation
import SpaneScheduling
import Testing

/// Starts drawn from a range.
@Suite struct StartsTests {
    @Test(arguments: [(0, 1, 1), (5, 6, 1), (0, 10, 10), (100, 1000, 1), (100, 1000, 450), (50_000, 70_000, 150)])
    func startsAreDistinctAndInTheRange(low: Int, high: Int, count: Int) throws {
        for seed in [0, 1, UInt64.max] {
            let starts = try Starts.sample(low..<high, count: count, seed: seed)
            #expect(starts.count == count)
            #expect(Set(starts).count == count)
            #expect(starts.allSatisfy { $0 >= low && $0 < high })
            #expect(try Starts.sample(low..<high, count: count, seed: seed) == starts)
        }
    }

    @Test func seedsGiveOtherStarts() throws {
        let draws = try (0..<50).map { try Starts.sample(0..<1000, count: 20, seed: $0) }
        #expect(Set(draws).count == 50)
    }

    /// The definition: a Fisher-Yates shuffle of the range that stops after `count` swaps.
    @Test(arguments: [(0, 10, 10), (3, 50, 20), (0, 5000, 4999)])
    func theyAreTheBeginningOfAShuffle(low: Int, high: Int, count: Int) throws {
        var generator = Xoshiro256StarStar(seed: 8)
        var pool = Array(low..<high)
        for index in 0..<count { pool.swapAt(index, index + generator.below(pool.count - index)) }
        #expect(try Starts.sample(low..<high, count: count, seed: 8) == Array(pool.prefix(count)))
    }

    /// Every start is drawn about as often as any other: 600 times, give or take six standard deviations.
    @Test func theyAreUniform() throws {
        var counts = [Int](repeating: 0, count: 10)
        for seed: UInt64 in 0..<2000 {
            for start in try Starts.sample(0..<10, count: 3, seed: seed) { counts[start] += 1 }
        }
        #expect(counts.allSatisfy { abs($0 - 600) < 123 })
    }

    @Test func aRangeTooLargeToBeListedIsFine() throws {
        let starts = try Starts.sample(0..<Int(Int32.max), count: 3, seed: 1)
        #expect(Set(starts).count == 3)
    }

    @Test(arguments: [0, -1, 11, Int.max, Int.min])
    func countsOutsideTheRangeAreRefused(count: Int) {
        let error = SchedulingError(
            .invalidArgument,
            "\(count) starts in 5..<15: the count must be in 1 ... 10"
        )
        #expect(throws: error) { try Starts.sample(5..<15, count: count, seed: 1) }
    }

    @Test(arguments: [-1..<10, Int.min..<Int.max, 0..<2_147_483_648, 5..<Int.max])
    func rangesThatNoTraceHasAreRefused(range: Range<Int>) {
        let error = SchedulingError(
            .invalidArgument,
            "starts in \(range.lowerBound)..<\(range.upperBound): the range must lie in 0..<2147483647"
        )
        #expect(throws: error) { try Starts.sample(range, count: 1, seed: 1) }
    }

    // MARK: As text

    @Test func textIsParsed() throws {
        #expect(try Starts.parse("10..<500:20:7") == Starts.sample(10..<500, count: 20, seed: 7))
        #expect(
            try Starts.parse("0..<3:3:18446744073709551615") == Starts.sample(0..<3, count: 3, seed: .max)
        )
    }

    /// Something else, such as the name of a file.
    @Test(arguments: [
        "", "starts.txt", "0..<10", "0..<10:5", "0..<10:5:1:2", "0..<10:5:", "0..<10:5:-1", "0...10:5:1", "0..10:5:1",
        "..<10:5:1", "0..<:5:1", "a..<10:5:1", "0..<10:x:1", "0 ..< 10:5:1", "0..<10:5:18446744073709551616",
    ])
    func otherTextIsNotParsed(text: String) throws { #expect(try Starts.parse(text) == nil) }

    @Test(arguments: [
        ("10..<10:1:1", "starts \"10..<10:1:1\": 10 must be below 10"),
        ("10..<5:1:1", "starts \"10..<5:1:1\": 10 must be below 5"),
        ("0..<10:0:1", "0 starts in 0..<10: the count must be in 1 ... 10"),
        ("0..<10:11:1", "11 starts in 0..<10: the count must be in 1 ... 10"),
        ("0..<10:-2:1", "-2 starts in 0..<10: the count must be in 1 ... 10"),
        ("-5..<10:1:1", "starts in -5..<10: the range must lie in 0..<2147483647"),
    ])
    func impossibleRangesAreRefused(text: String, message: String) {
        #expect(throws: SchedulingError(.invalidArgument, message)) { try Starts.parse(text) }
    }
}
