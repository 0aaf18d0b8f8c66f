import SpaneScheduling
import SpaneTestSupport
import Testing

/// The bound on fleets of every shape.
@Suite struct GeneralWaitBoundTests {
    @Test(arguments: 1...Layout.mostNodes)
    func noPolicyWaitsLess(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 51)
        let heuristics: [Heuristic] = [.firstFit, .bestFit, .balanceFit, .moveToFront, .random(seed: 1)]
        var positive = 0
        for _ in 0..<25 {
            let fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(3), &generator)
            let trace = try Trace(fleet.vms(count: 120, &generator), resources: fleet.extras)
            let scenario = try Scenario(trace, on: fleet.configuration)
            let start = generator.below(30)
            let bound = try scenario.waitBound(start: start, length: 80)
            let pooled = try scenario.pooledBound(start: start, length: 80)
            try #require(bound >= pooled)
            positive += bound > 0 ? 1 : 0
            var environment = try Environment(scenario)
            for heuristic in heuristics {
                try environment.reset(start: start, until: .length(80))
                var policy = AnyPolicy(heuristic.makePolicy())
                try environment.finish(with: &policy)
                let wait = environment.totalWait
                try #require(bound <= wait, "\(heuristic)")
            }
        }
        // A bound of 0 would prove nothing.
        #expect(positive > 3)
    }
}
