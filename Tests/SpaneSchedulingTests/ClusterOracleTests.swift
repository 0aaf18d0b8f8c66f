import SpaneScheduling
import SpaneTestSupport
import Testing

/// A live fleet and the naive one agree about everything after every call.
@Suite struct ClusterOracleTests {
    /// Servers with up to so many nodes.
    @Test(arguments: 1...Layout.mostNodes)
    func agreesAfterEveryCall(nodes: Int) throws {
        var (steps, refused, round) = (0, 0, OracleEffort.seed - 1)
        let all = OracleEffort.steps(share: 0.99) / Layout.mostNodes
        while steps < all {
            round += 1
            var walk = try ClusterWalk(nodes: nodes, Xoshiro256StarStar(seed: UInt64(round), stream: UInt64(nodes)))
            for step in 0..<min(500, all - steps) {
                do {
                    try walk.step()
                    try require(walk)
                    try walk.requireSameAnswers()
                } catch {
                    Issue.record("seed \(round), step \(step): \(error)")
                    return
                }
                steps += 1
            }
            refused += walk.refused
        }
        // Both kinds of calls were many.
        #expect(refused > steps / 10 && refused < steps * 9 / 10)
    }

    private func require(_ walk: borrowing ClusterWalk) throws {
        if let difference = walk.difference { throw SchedulingError(.badState, difference) }
    }
}
