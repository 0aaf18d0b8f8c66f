import SpaneScheduling
import SpaneTestSupport
import Testing

/// The totals of all 150 validation episodes.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct ValidationEpisodesTests {
    static let file = GoldenFile("validation_episodes.h5")

    @Test func startsAndLengths() throws {
        let starts = try Self.file.integers("start")
        let published = try Reference.starts("trace/validation_starts.txt")
        #expect(starts == published)
        var environment = try Environment(trace: Reference.trace.get(), fleet: Fleet(servers: 5))
        let lengths = try starts.map { try environment.episodeLength(from: $0) }
        let expected = try Self.file.integers("length")
        #expect(lengths == expected)
    }

    @Test(arguments: Player.names)
    func totals(policy: String) throws {
        let starts = try Self.file.integers("start")
        let lengths = try Self.file.integers("length")
        let waits = try Self.file.doubles(policy + "/total_wait")
        let returns = try Self.file.doubles(policy + "/return")
        var environment = try Environment(trace: Reference.trace.get(), fleet: Fleet(servers: 5))
        var player = try Player(policy, servers: 5)
        var equal = 0
        for (index, start) in starts.enumerated() {
            try environment.reset(start: start, until: .length(lengths[index]))
            player.begin(start: start, on: environment.cluster)
            var total = 0.0
            while !environment.isFinished {
                let action = player.action(for: environment.request, on: environment.cluster)
                total += try environment.step(try #require(action)).reward
            }
            let wait = environment.totalWait
            if wait == waits[index] {
                equal += 1
                #expect(agrees(total, returns[index]), "episode \(index)")
            }
        }
        let isHeuristic = Reference.heuristics.contains { $0.name == policy }
        // Two scores of a network may be so close that the last bit of a sum decides which is larger.
        #expect(equal >= (isHeuristic ? 150 : 148))
        print("golden: \(policy) equal in \(equal) of 150 validation episodes")
    }

    @Test func trimmedMeansOfTheHeuristics() throws {
        for (name, expected) in [("first_fit", 267_139.975), ("balance_fit", 204_081.3666666667)] {
            let waits = try Self.file.doubles(name + "/total_wait")
            let recorded = try Self.file.attribute("trimmed_mean_wait", of: name)
            #expect(agrees(trimmedMean(waits), recorded))
            #expect(abs(trimmedMean(waits) - expected) < 1e-6)
        }
    }
}
