internal import SpaneEvaluation
public import SpaneScheduling
internal import SpaneTraining

/// Weights of a rule by an evolution strategy: what is learned is a name, which needs no file and no network.
///
/// The rule is `capacity-lost` with a weighted sum of other scores, on the emptiest nodes. The strategy begins with the default rule.
public struct RuleTuning: Sendable {
    /// How weights are looked for.
    public struct Settings: Equatable, Sendable {
        /// How often a population is played.
        public var generations = 20
        /// The rules of a generation; even, at least 4.
        public var population = 12
        /// Selects one of the possible searches.
        public var seed: UInt64 = 1

        /// The usual ones.
        public init() {}
    }

    /// A rule and its figure on the episodes that it was tuned on.
    public struct Candidate: Sendable {
        /// Its name.
        public let name: RuleName
        /// Low is good.
        public let figure: Double
    }

    /// The rules that a tuned one has to beat.
    ///
    /// - Parameter mix: the flavors for which those with `capacity-lost` keep room; `nil` to learn them from what is asked for.
    public static func textbook(mix: ExpectedFlavors? = nil) -> [(name: String, heuristic: Heuristic)] {
        names.compactMap { name in Heuristic(name: name, mix: mix).map { (name: name, heuristic: $0) } }
    }

    private static let names = [
        "first-fit", "best-fit", "balance-fit", "most-allocated+spread", "most-allocated-share+spread", "l2+spread",
        "bottleneck+spread", "capacity-lost+spread", "capacity-lost,100*most-allocated+spread",
        "capacity-lost,3*most-allocated+spread",
        Heuristic.bestName,
    ]

    // What is weighed, in units in which a step of the strategy matters as much for each.
    private static let scores: [(score: ServerScore, unit: Double, first: Double)] = [
        (.mostAllocated, 10, 1), (.balanced, 5, 0), (.l2, 5, 0), (.bottleneck, 5, 0), (.dotProduct, 5, 0),
    ]
    private static let firstStep = 0.5

    private let task: RuleTask
    private let settings: Settings
    private let mix: ExpectedFlavors?
    private let threads: Int

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - task: what to tune on.
    ///   - mix: the flavors for which room is kept; `nil` to learn them from what is asked for.
    public init(_ task: RuleTask, _ settings: Settings = Settings(), mix: ExpectedFlavors? = nil, threads: Int = 1) {
        (self.task, self.settings, self.mix, self.threads) = (task, settings, mix, threads)
    }

    /// The best rule that was found. It does not depend on the number of threads.
    ///
    /// - Parameter progress: called with the number of generations so far and the best rule; an error of it ends the search.
    public func run(progress: (Int, Candidate) throws -> Void = { _, _ in }) throws -> Candidate {
        var generator = Xoshiro256StarStar(seed: settings.seed)
        var strategy = CMAES(
            mean: Self.scores.map(\.first),
            sigma: Self.firstStep,
            population: settings.population,
            covariance: .full
        )
        var best = try candidate(Self.name(strategy.mean))
        for generation in 0..<settings.generations {
            let candidates = try strategy.ask(&generator).map { try candidate(Self.name($0)) }
            strategy.tell(candidates.map(\.figure))
            for candidate in try candidates + [candidate(Self.name(strategy.mean))] where candidate.figure < best.figure
            {
                best = candidate
            }
            try progress(generation + 1, best)
        }
        return best
    }

    private func candidate(_ name: RuleName) throws -> Candidate {
        let values = try task.values(of: .heuristic(Heuristic(name, mix: mix)), threads: threads, isTuning: true)
        return Candidate(name: name, figure: task.figure(values))
    }

    /// The rule at a point, its weights rounded so that its name can be read.
    package static func name(_ point: [Double]) -> RuleName {
        let others = zip(scores, point).compactMap { score, value -> RuleName.Term? in
            let weight = (value * score.unit * 100).rounded() / 100
            guard weight != 0, weight.magnitude <= 1e6 else { return nil }
            return RuleName.Term(score.score, weight: weight)
        }
        return RuleName([RuleName.Term(.capacityLost)] + others, .spread)
    }
}
