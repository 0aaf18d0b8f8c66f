import SpaneScheduling
import SpaneTestSupport
import Testing

/// Calls that are refused say why, and change nothing.
@Suite struct EnvironmentErrorTests {
    /// Ten small VMs, one a second.
    private static func trace() throws -> Trace {
        try Trace((0..<10).map { VirtualMachine(id: $0, cpu: 4, mem: 8, arrival: Double($0), lifetime: 3) })
    }

    private func makeEnvironment() throws -> Environment {
        try Environment(trace: Self.trace(), fleet: Fleet(servers: 2, node: RandomTrace.node))
    }

    private func refusesReset(_ message: String, start: Int, until end: EpisodeEnd) throws {
        var environment = try makeEnvironment()
        try environment.reset(start: 1, until: .length(5))
        try environment.step(Action(2))
        let before = environment.state
        #expect(throws: SchedulingError(.invalidArgument, message)) { try environment.reset(start: start, until: end) }
        let after = environment.state
        #expect(after == before)
        // The episode under way goes on to its own end.
        var policy = FirstFit()
        try environment.finish(with: &policy)
        let placed = environment.placedCount
        #expect(placed == 5)
    }

    @Test(arguments: [-1, 9, 10, .max])
    func startsOutsideTheTraceAreRefused(start: Int) throws {
        try refusesReset("start is \(start); this trace allows 0 ... 8", start: start, until: .exceed(1))
    }

    @Test(arguments: [-1, 0, 7, .max])
    func lengthsOutsideTheTraceAreRefused(length: Int) throws {
        // From index 2 the placements could go up to index 8, but a length must stay below that.
        let message = "length is \(length); from start 2 this trace allows 1 ... 6"
        try refusesReset(message, start: 2, until: .length(length))
    }

    @Test func theLongestLengthIsAccepted() throws {
        var environment = try makeEnvironment()
        try environment.reset(start: 2, until: .length(6))
        var policy = FirstFit()
        try environment.finish(with: &policy)
        let (placed, head) = (environment.placedCount, environment.head)
        #expect(placed == 6)
        #expect(head == 8)
    }

    @Test(arguments: [-1, 0])
    func exceedBelowOneIsRefused(limit: Int) throws {
        try refusesReset("exceed is \(limit); it must be at least 1", start: 0, until: .exceed(limit))
    }

    @Test func aVMLargerThanAServerIsRefused() throws {
        var vms = try Array(Self.trace().vms)
        vms[3].cpu = 9
        let one = SchedulingError(
            .invalidTrace,
            "VM 3 needs 9.0 cores and 8.0 GB on one NUMA node; no server is that large"
        )
        #expect(throws: one) { try Self.make(vms) }
        vms[3] = VirtualMachine(id: 3, cpu: 2, mem: 48.5, arrival: 3, lifetime: 1)
        let split = SchedulingError(
            .invalidTrace,
            "VM 3 needs 2.0 cores and 48.5 GB, split over the NUMA nodes of one server; no server is that large"
        )
        #expect(throws: split) { try Self.make(vms) }
        // Exactly the size of a whole server is fine.
        vms[3].mem = 48
        #expect(throws: Never.self) { try Self.make(vms) }
    }

    private static func make(_ vms: [VirtualMachine], reward: Reward = .logWait) throws {
        let fleet = try Fleet(servers: 2, node: RandomTrace.node)
        _ = try Environment(trace: Trace(vms), fleet: fleet, reward: reward)
    }

    @Test func aBalanceWeightThatIsNotFiniteIsRefused() throws {
        let vms = try Array(Self.trace().vms)
        for (weight, text) in [(Double.nan, "nan"), (.infinity, "inf")] {
            let error = SchedulingError(.invalidArgument, "the balance weight is \(text); it must be finite")
            #expect(throws: error) { try Self.make(vms, reward: .balance(weight: weight)) }
        }
    }

    @Test func anUnavailableActionChangesNothing() throws {
        var environment = try makeEnvironment()
        try environment.reset(start: 0, until: .length(8))
        // Two VMs of 4 cores fill node 0.
        try environment.step(Action(0))
        try environment.step(Action(0))
        var twin = environment.copy()
        let before = environment.state
        let full = "action 0 (node 0 of server 0) has no room for 4.0 cores and 8.0 GB"
        #expect(throws: SchedulingError(.unavailableAction, full)) { try environment.step(Action(0)) }
        for number in [-1, 4, Int32.max] as [Int32] {
            let beyond = "action is \(number); a cluster of 2 servers has actions 0 ... 3"
            let action = Action(rawValue: number)
            #expect(throws: SchedulingError(.unavailableAction, beyond)) { try environment.step(action) }
        }
        let after = environment.state
        #expect(after == before)
        // What cannot be seen is unchanged too: both play on alike.
        for action in [1, 2, 0, 3] {
            let (step, other) = (try environment.step(Action(action)), try twin.step(Action(action)))
            #expect(step == other)
            let (state, expected) = (environment.state, twin.state)
            #expect(state == expected)
        }
    }

    @Test func stepsOutsideAnEpisodeAreRefused() throws {
        let error = SchedulingError(
            .badState,
            "the episode has ended (or none was started); reset before the next step"
        )
        var environment = try makeEnvironment()
        #expect(throws: error) { try environment.step(Action(0)) }
        try environment.reset(start: 0, until: .length(1))
        try environment.step(Action(3))
        let before = environment.state
        #expect(before.isFinished)
        #expect(throws: error) { try environment.step(Action(0)) }
        let after = environment.state
        #expect(after == before)
    }

    @Test func aPolicyThatPlacesNowhereIsRefused() throws {
        struct Nowhere: Policy {
            mutating func placement(
                for request: Request,
                on cluster: borrowing ClusterState,
                among servers: Span<Int32>?
            ) -> Placement? { nil }
        }
        var environment = try makeEnvironment()
        try environment.reset(start: 4, until: .length(2))
        var policy = Nowhere()
        let error = SchedulingError(
            .unavailableAction,
            "the policy placed VM 4 nowhere although there is room for it"
        )
        #expect(throws: error) { try environment.finish(with: &policy) }
    }
}
