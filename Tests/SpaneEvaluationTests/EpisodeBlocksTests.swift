import SpaneEvaluation
import SpaneScheduling
import Testing

/// How many episodes overlap, and the blocks that follow from it.
@Suite struct EpisodeBlocksTests {
    private func plan(_ starts: [Int], length: Int) throws -> EpisodePlan {
        let vms = (0..<3000).map {
            VirtualMachine(id: Int64($0), cpu: 1, mem: 1, arrival: Double($0), lifetime: 0)
        }
        return try EpisodePlan(
            Scenario(Trace(vms), on: Fleet(servers: 1)),
            starts: starts,
            until: .length(length)
        )
    }

    @Test func episodesThatDoNotOverlap() throws {
        let plan = try plan((0..<125).map { $0 * 20 }, length: 20)
        #expect(plan.meanOverlap == 1)
        // Not 4, since the cube root of 125 is 5.
        #expect(plan.defaultBlockLength == 5)
        #expect(plan.spans(ofBlock: 5) == 5)
    }

    /// In whatever order the starts are given.
    @Test func episodesThatOverlap() throws {
        let plan = try plan([30, 0, 10, 20], length: 11)
        #expect(plan.timeOrder == [1, 2, 3, 0])
        // Each but the last has the start of the next in it.
        #expect(plan.meanOverlap == 7.0 / 4)
        let dense = try self.plan((0..<1000).map { $0 }, length: 20)
        // The last 19 have fewer neighbours after them: 20 * 1000 - 190.
        #expect(dense.meanOverlap == 19.81)
        #expect(dense.defaultBlockLength == 80)
    }

    @Test func equalStarts() throws { #expect(try plan([5, 5, 5], length: 3).meanOverlap == 2) }

    /// Eight blocks at least, while there are as many episodes.
    @Test func fewEpisodes() throws {
        #expect(try plan((0..<80).map { $0 }, length: 100).defaultBlockLength == 10)
        #expect(try plan([3, 4], length: 100).defaultBlockLength == 1)
    }
}
