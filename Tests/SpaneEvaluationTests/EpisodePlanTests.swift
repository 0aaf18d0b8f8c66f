import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// The episodes of an evaluation.
@Suite struct EpisodePlanTests {
    private static let starts = [0, 250, 3, 3, 111]

    @Test func theAutomaticLengthIsFirstFitsAndFortyMore() throws {
        let (trace, fleet) = (try Samples.trace(), try Samples.fleet())
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: Self.starts)
        #expect(plan.episodes.map(\.start) == Self.starts)
        #expect(EpisodeEnd.automaticMargin == 40)
        var environment = try Environment(trace: trace, fleet: fleet)
        for episode in plan.episodes {
            var policy = FirstFit()
            try environment.reset(start: episode.start, until: .exceed(1))
            try environment.finish(with: &policy)
            let placed = environment.placedCount
            #expect(episode.length == placed + 40)
        }
        // The lengths do differ, or this would say little.
        #expect(Set(plan.episodes.map(\.length)).count > 1)
    }

    @Test func aFixedLengthIsTaken() throws {
        let plan = try EpisodePlan(
            Scenario(Samples.trace(), on: Samples.fleet()),
            starts: Self.starts,
            until: .length(77)
        )
        #expect(plan.episodes.map(\.length) == [77, 77, 77, 77, 77])
    }

    @Test func theBoundIsThatOfTheScenario() throws {
        let (trace, fleet) = (try Samples.trace(), try Samples.fleet())
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: Self.starts)
        for episode in plan.episodes {
            let bound = try trace.waitBound(
                start: episode.start,
                length: episode.length,
                fleet: fleet
            )
            #expect(episode.bound == bound)
        }
        #expect(plan.episodes.contains { $0.bound > 0 })
    }

    @Test(arguments: [1, 2, 3, 8])
    func threadsDoNotMatter(threads: Int) throws {
        let (trace, fleet) = (try Samples.trace(), try Samples.fleet())
        let starts = Array(stride(from: 400, through: 0, by: -10))
        let one = try EpisodePlan(Scenario(trace, on: fleet), starts: starts)
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: starts, threads: threads)
        #expect(plan.episodes == one.episodes)
    }

    @Test func noStartsMakeAnEmptyPlan() throws {
        let plan = try EpisodePlan(Scenario(Samples.trace(), on: Samples.fleet()), starts: [])
        #expect(plan.episodes.isEmpty)
    }

    // MARK: Errors

    private func refuses(_ message: String, starts: [Int], until end: EpisodeEnd) throws {
        let (trace, fleet) = (try Samples.trace(), try Samples.fleet())
        for threads in [1, 4] {
            #expect(throws: SchedulingError(.invalidArgument, message)) {
                try EpisodePlan(
                    Scenario(trace, on: fleet),
                    starts: starts,
                    until: end,
                    threads: threads
                )
            }
        }
    }

    @Test(arguments: [-1, 599, 600, Int.max])
    func startsOutsideTheTrace(start: Int) throws {
        let message = "starts[2]: start is \(start); this trace allows 0 ... 598"
        try refuses(message, starts: [0, 5, start, -7, 9], until: .automatic)
        try refuses(message, starts: [0, 5, start, -7, 9], until: .length(10))
    }

    @Test(arguments: [0, -3, 99, Int.max])
    func lengthsThatTheTraceCannotServe(length: Int) throws {
        let message = "starts[0]: length is \(length); from start 500 this trace allows 1 ... 98"
        try refuses(message, starts: [500, 599], until: .length(length))
    }

    @Test func anAutomaticLengthThatRunsIntoTheEnd() throws {
        let (trace, fleet) = (try Samples.trace(), try Samples.fleet())
        let error = #expect(throws: SchedulingError.self) {
            try EpisodePlan(Scenario(trace, on: fleet), starts: [0, 580])
        }
        let message = try #require(error?.description)
        #expect(message.hasPrefix("starts[1]: from start 580 the automatic length is "))
        #expect(message.hasSuffix(" VMs and this trace has 18 to place; use an earlier start or a fixed length"))
    }

    @Test func aVMLargerThanAServer() throws {
        let small = try Fleet(servers: 3, node: Resources(cpu: 2, mem: 24))
        let error = #expect(throws: SchedulingError.self) {
            try EpisodePlan(Scenario(Samples.trace(), on: small), starts: [0], threads: 2)
        }
        #expect(error?.code == .invalidTrace)
        #expect(error?.description.hasSuffix("no server is that large") == true)
    }
}
