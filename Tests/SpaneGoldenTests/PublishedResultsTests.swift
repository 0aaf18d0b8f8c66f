import SpaneScheduling
import SpaneTestSupport
import Testing

/// The published results on the 1000 test starts at 5 servers.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct PublishedResultsTests {
    /// The test episodes, found once.
    static let episodes = Result {
        let starts = try Reference.starts("trace/test_starts.txt")
        var environment = try makeEnvironment()
        return (starts: starts, lengths: try starts.map { try environment.episodeLength(from: $0) })
    }

    static func makeEnvironment() throws -> Environment {
        try Environment(trace: Reference.trace.get(), fleet: Fleet(servers: 5))
    }

    private func waits(_ policy: String) throws -> [Double] {
        let (starts, lengths) = try Self.episodes.get()
        var environment = try Self.makeEnvironment()
        var player = try Player(policy, servers: 5)
        return try environment.totalWaits(starts, lengths: lengths, &player)
    }

    @Test(arguments: [("first_fit", 89_822.5225), ("balance_fit", 86_009.90875)])
    func heuristics(policy: String, expected: Double) throws {
        let mean = trimmedMean(try waits(policy))
        // Waits are whole seconds, so the sum is exact and only the division rounds.
        #expect(mean == expected)
    }

    @Test(arguments: Reference.modelNames)
    func publishedModels(name: String) throws {
        let expected = try Reference.numbers("published/episodes/\(name).txt")
        let waits = try waits(name)
        try #require(waits.count == expected.count)
        let equal = zip(waits, expected).count { $0 == $1 }
        #expect(equal >= 995)
        print("golden: \(name) equal in \(equal) of 1000 test episodes, trimmed mean \(trimmedMean(waits))")
    }

    @Test func theLowerBounds() throws {
        let (starts, lengths) = try Self.episodes.get()
        let scenario = try Scenario(Reference.trace.get(), on: Fleet(servers: 5))
        let pooled = try zip(starts, lengths).map { try scenario.pooledBound(start: $0, length: $1) }
        let bounds = try zip(starts, lengths).map { try scenario.waitBound(start: $0, length: $1) }
        print("golden: the bounds have the trimmed means \(trimmedMean(pooled)) and \(trimmedMean(bounds))")
        #expect(trimmedMean(pooled).rounded() == 28_987)
        #expect(trimmedMean(bounds).rounded() == 30_049)
        for (bound, weaker) in zip(bounds, pooled) { #expect(bound >= weaker) }
        for (bound, wait) in zip(bounds, try waits("first_fit")) { #expect(bound <= wait) }
        for (bound, wait) in zip(bounds, try Reference.numbers("published/episodes/SPANE-ZHrai.txt")) {
            #expect(bound <= wait)
        }
    }
}
