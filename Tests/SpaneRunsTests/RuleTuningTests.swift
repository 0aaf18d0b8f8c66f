import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

import SpaneRuns

@Suite struct RuleTuningTests {
    /// Half of the cores are asked for in large VMs that are split, so that rules differ.
    private func scenario() throws -> Scenario {
        var generator = Xoshiro256StarStar(seed: 5)
        let vms = (0..<1500).map { index in
            let cores = [1.0, 2, 4, 16, 32][generator.below(5)]
            return VirtualMachine(
                id: Int64(index),
                cpu: cores,
                mem: cores * 2,
                arrival: Double(index * 10),
                lifetime: 100 + 900 * generator.uniform()
            )
        }
        return try Scenario(Trace(vms), on: Fleet(servers: 5))
    }

    private func task(_ objective: RuleObjective, threads: Int = 1) throws -> RuleTask {
        try RuleTask(objective, scenario(), starts: [0, 300, 600, 900], length: 400, threads: threads)
    }

    @Test(arguments: RuleObjective.allCases)
    func theResultIsTheBestThatWasPlayed(objective: RuleObjective) throws {
        var settings = RuleTuning.Settings()
        (settings.generations, settings.population) = (3, 6)
        let task = try task(objective)
        var figures: [Double] = []
        let best = try RuleTuning(task, settings).run { figures.append($1.figure) }
        #expect(figures.count == 3 && figures == figures.sorted(by: >) && figures.last == best.figure)
        let again = try RuleTuning(self.task(objective, threads: 2), settings, threads: 2).run()
        #expect(again.name == best.name && again.figure == best.figure)
        // Its name says it all.
        let read = try #require(Heuristic(name: "\(best.name)"))
        let values = try task.values(of: .heuristic(read), isTuning: true)
        #expect(task.figure(values) == best.figure)
        let first = try task.values(of: .heuristic(.best), isTuning: true)
        #expect(best.figure <= task.figure(first))
    }

    @Test func figuresAreThoseOfTheirDefinitions() throws {
        let policy = PolicySource.heuristic(.best)
        let wait = try task(.wait)
        let waits = try Evaluation(of: policy, on: wait.plan).totalWaits
        #expect(try wait.values(of: policy) == waits)
        #expect(wait.figure(waits) == Statistics.mean(waits.map { Statistics.logWait($0) }))
        let servers = try task(.servers)
        let needed = try servers.values(of: policy)
        for (count, episode) in zip(needed, servers.plan.episodes) { #expect(count >= episode.bound) }
        // On as many servers as are needed nothing is refused, and on the bound something, if that is less.
        let roots = try servers.values(of: policy, isTuning: true)
        for (index, count) in needed.enumerated() {
            #expect((roots[index] > 0) == (count > servers.plan.episodes[index].bound))
        }
        let refused = try task(.refusedCores).values(of: policy)
        #expect(refused.allSatisfy { $0 >= 0 && $0 < 1 } && refused.contains { $0 > 0 })
    }

    @Test func namesHaveNoWeightsOfZero() {
        #expect("\(RuleTuning.name([1, 0, 0, 0, 0]))" == Heuristic.bestName)
        #expect("\(RuleTuning.name([0.0001, 0, 0, -0.5, 0]))" == "capacity-lost,-2.5*bottleneck+spread")
        #expect("\(RuleTuning.name([.infinity, .nan, 1e9, 0, 0]))" == "capacity-lost+spread")
    }

    @Test func theTextbookIsKnown() {
        #expect(RuleTuning.textbook().count == 11)
        #expect(RuleTuning.textbook().last?.heuristic == .best)
    }
}
