import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneTraining
import Testing

/// The search that draws networks and trains none.
@Suite struct UntrainedSearchTests {
    private let trace: Trace
    private let fleet: Fleet
    private let plan: EpisodePlan

    init() throws {
        trace = try Samples.trace()
        fleet = try Samples.fleet()
        plan = try EpisodePlan(
            Scenario(trace, on: fleet),
            starts: Array(stride(from: 0, to: 400, by: 29))
        )
    }

    private func search(seed: UInt64 = 1) throws -> UntrainedSearch {
        try UntrainedSearch(architecture: .published(), normalisation: Samples.normalisation(), seed: seed)
    }

    private func run(_ search: UntrainedSearch, trials: Int, threads: Int = 1) throws -> [UntrainedSearch.Trial] {
        try search.run(trials: trials, on: plan, threads: threads)
    }

    @Test func everyTrialIsRankedByItsOwnWaits() throws {
        let search = try search()
        let ranking = try run(search, trials: 12)
        #expect(ranking.map(\.index).sorted() == Array(0..<12))
        for trial in ranking {
            let evaluation = try Evaluation(
                of: .model(search.model(ofTrial: trial.index)),
                on: plan
            )
            #expect(trial.trimmedMean == Statistics.trimmedMean(evaluation.totalWaits))
        }
        for (better, worse) in zip(ranking, ranking.dropFirst()) {
            #expect((better.trimmedMean, better.index) < (worse.trimmedMean, worse.index))
        }
        #expect(Set(ranking.map(\.trimmedMean)).count > 1)
    }

    @Test(arguments: [2, 3, 8])
    func threadsDoNotMatter(threads: Int) throws {
        let search = try search()
        #expect(try run(search, trials: 12, threads: threads) == run(search, trials: 12))
    }

    /// Trials do not depend on how many there are, so a longer search only adds to a shorter one.
    @Test func aShorterSearchIsPartOfALongerOne() throws {
        let search = try search()
        let short = try run(search, trials: 5)
        let long = try run(search, trials: 12)
        #expect(long.filter { $0.index < 5 } == short)
        #expect(try run(search, trials: 0) == [])
    }

    @Test func tiesGoToTheLowerIndex() throws {
        // Without an episode all networks are alike.
        let nothing = try EpisodePlan(Scenario(trace, on: fleet), starts: [])
        let ranking = try search().run(
            trials: 9,
            on: nothing,
            threads: 3
        )
        #expect(ranking.map(\.index) == Array(0..<9))
        #expect(ranking.allSatisfy { $0.trimmedMean == 0 })
    }

    @Test func networksFollowFromSeedAndTrial() throws {
        func weights(_ seed: UInt64, _ trial: Int) throws -> [[Float]] {
            try search(seed: seed).model(ofTrial: trial).tensors.map(\.values)
        }
        #expect(try weights(1, 3) == weights(1, 3))
        let all = try [(1, 3), (1, 4), (2, 3), (3, 1), (0, 0)].map { try weights($0, $1) }
        #expect(Set(all).count == all.count)
    }

    @Test func networksHaveTheShapeThatIsAskedFor() throws {
        let search = try search()
        let model = try search.model(ofTrial: 0)
        #expect(model.architecture == .spane(search.architecture))
        #expect(model.normalisation == search.normalisation)
    }
}
