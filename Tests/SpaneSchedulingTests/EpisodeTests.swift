import SpaneScheduling
import SpaneTestSupport
import Testing

/// Small episodes worked out by hand: when the clock moves, who leaves, what is earned, when it ends.
@Suite struct EpisodeTests {
    /// A server of two nodes of 2 cores; memory is never scarce here.
    private func makeEnvironment(
        _ rows: [(cpu: Double, mem: Double, arrival: Double, lifetime: Double)],
        servers: Int = 1,
        reward: Reward = .logWait
    ) throws -> Environment {
        let vms = rows.enumerated().map { index, row in
            VirtualMachine(id: Int64(index), cpu: row.cpu, mem: row.mem, arrival: row.arrival, lifetime: row.lifetime)
        }
        let fleet = try Fleet(servers: servers, node: Resources(cpu: 2, mem: 100))
        return try Environment(trace: Trace(vms), fleet: fleet, reward: reward)
    }

    @Test func aVMThatFitsNowhereWaitsForTheEarliestEnd() throws {
        var environment = try makeEnvironment([
            (2, 1, 0, 10), (2, 1, 1, 6), (2, 1, 2, 1), (1, 1, 3, 1), (1, 1, 100, 1), (1, 1, 100, 1),
        ])
        try environment.reset(start: 0, until: .exceed(5))
        try environment.step(Action(0))
        try environment.step(Action(1))
        // VM 2 arrived at 2, but the first one to leave does so at 1 + 6.
        #expect(environment.clock == 7)
        let step = try environment.step(Action(1))
        #expect(step.wait == 5)
        #expect(step.reward == -logarithm(1 + 5))
        // VM 3 waited behind it, and then for the end at 8, which frees node 1.
        #expect(environment.clock == 8)
        try environment.step(Action(1))
        #expect(environment.totalWait == 5 + 5)
        // By 100 everything has left.
        #expect(environment.clock == 100)
        let isEmpty = environment.cluster.isEmpty
        #expect(isEmpty)
        #expect(environment.runningCount == 0)
    }

    @Test func everyoneWhoEndsAtTheSameTimeLeavesTogether() throws {
        var environment = try makeEnvironment([
            (1, 1, 0, 5), (1, 1, 0, 5), (1, 1, 0, 5), (1, 1, 0, 9), (1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 9, 1),
        ])
        try environment.reset(start: 0, until: .exceed(5))
        for action in [0, 0, 1, 1] { try environment.step(Action(action)) }
        #expect(environment.clock == 5)
        #expect(environment.runningCount == 1)
    }

    @Test func aVMThatEndsAsTheNextOneArrivesHasLeft() throws {
        var environment = try makeEnvironment([(2, 1, 0, 3), (2, 1, 0, 3), (2, 1, 3, 1), (1, 1, 4, 1)])
        try environment.reset(start: 0, until: .exceed(3))
        try environment.step(Action(0))
        try environment.step(Action(1))
        #expect(environment.clock == 3)
        #expect(environment.runningCount == 0)
        let step = try environment.step(Action(0))
        #expect(step.wait == 0)
        #expect(step.reward == 0)
    }

    @Test func aSplitVMTakesHalfFromBothNodes() throws {
        var environment = try makeEnvironment([(3, 12, 0, 9), (1, 1, 0, 1), (1, 1, 0, 1), (1, 1, 0, 1)])
        try environment.reset(start: 0, until: .exceed(2))
        let mask = environment.mask
        #expect(mask == [1, 1])
        try environment.step(Action(1))
        // Half a core is left on each node: together enough for the next VM, but it is not split.
        #expect(environment.clock == 9)
        #expect(environment.runningCount == 0)
    }

    @Test func theLengthCountsPlacements() throws {
        var environment = try makeEnvironment(Array(repeating: (1, 1, 0, 1), count: 8))
        try environment.reset(start: 2, until: .length(3))
        for placed in 1...3 {
            let isOver = environment.isFinished
            #expect(!isOver)
            try environment.step(Action(placed % 2))
        }
        let isOver = environment.isFinished
        #expect(isOver)
        #expect(environment.head == 5)
    }

    /// VM 2 fits nowhere when it is checked, although VM 0 leaves before it arrives.
    @Test(arguments: 1...4)
    func exceedCountsFromTheFirstSuccessorWithoutRoom(limit: Int) throws {
        var environment = try makeEnvironment([
            (2, 1, 0, 1), (2, 1, 0, 1), (2, 1, 50, 1), (1, 1, 60, 1), (1, 1, 70, 1), (1, 1, 80, 1), (1, 1, 90, 1),
        ])
        try environment.reset(start: 0, until: .exceed(limit))
        var policy = FirstFit()
        try environment.finish(with: &policy)
        // The placement of VM 1 is the first that counts; nobody waits.
        #expect(environment.placedCount == 1 + limit)
        #expect(environment.totalWait == 0)
    }

    @Test func theLastVMIsNeverPlaced() throws {
        var environment = try makeEnvironment(Array(repeating: (1, 1, 0, 0), count: 5))
        try environment.reset(start: 1, until: .exceed(3))
        var policy = FirstFit()
        try environment.finish(with: &policy)
        #expect(environment.head == 4)
        #expect(environment.placedCount == 3)
    }

    @Test func theBalanceRewardAddsTheWeightedChange() throws {
        var environment = try makeEnvironment(
            [(1, 5, 0, 9), (1, 5, 0, 2), (1, 20, 1, 1), (1, 1, 5, 9), (1, 1, 5, 9), (1, 1, 5, 9)],
            servers: 2,
            reward: .balance(weight: 0.5)
        )
        try environment.reset(start: 0, until: .exceed(9))
        // Server 0 is uneven by 1 / 2 cores and 5 / 100 GB.
        let first = try environment.step(Action(0)).reward
        #expect(abs(first - 0.5 * -0.55) < 1e-15)
        // Evened out again.
        let second = try environment.step(Action(1)).reward
        #expect(abs(second - 0.5 * 0.55) < 1e-15)
        // A split VM takes alike from both nodes.
        let third = try environment.step(Action(2)).reward
        #expect(third == 0)
        // By now VM 1 has left node 1; its leaving shows in the next reward together with the placement.
        let fourth = try environment.step(Action(3)).reward
        #expect(abs(fourth - 0.5 * (-0.55 - 0.51)) < 1e-15)
    }

    @Test func aResetForgetsTheBalance() throws {
        var environment = try makeEnvironment(
            Array(repeating: (1, 5, 0, 9), count: 6),
            reward: .balance(weight: 1)
        )
        for _ in 0..<2 {
            try environment.reset(start: 0, until: .length(1))
            let reward = try environment.step(Action(0)).reward
            #expect(abs(reward + 0.55) < 1e-15)
        }
    }
}
