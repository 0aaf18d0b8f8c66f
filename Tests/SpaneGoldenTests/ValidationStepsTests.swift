import SpaneScheduling
import SpaneTestSupport
import Testing

/// Whole validation episodes, step by step, as the published implementation played them.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct ValidationStepsTests {
    static let file = GoldenFile("validation_steps.h5")

    @Test(arguments: 0..<3, Player.names)
    func everyStepAtFiveServers(episode: Int, policy: String) throws {
        let group = "episode\(episode)/\(policy)"
        let rewards = try Self.file.doubles(group + "/reward")
        let observations = try Self.file.rows(group + "/observation")
        let masks = try Self.file.rows(group + "/available")
        try play(policy, group, servers: 5) { environment, index in
            let observation = environment.cluster.observation.map { Double($0) }
            let mask = environment.mask.map { Double($0) }
            try #require(observation == observations[index], "step \(index)")
            try #require(mask == masks[index], "step \(index)")
        } after: { step, index in
            try #require(agrees(step.reward, rewards[index]), "step \(index)")
        }
    }

    @Test(arguments: [1, 2, 9, 20], Reference.heuristics.map(\.name))
    func everyStepAtOtherServerCounts(servers: Int, policy: String) throws {
        try play(policy, "servers\(servers)/\(policy)", servers: servers) { _, _ in
        } after: { _, _ in
        }
    }

    /// Plays an episode and compares action, clock and totals; the rest is left to the callers.
    private func play(
        _ policy: String,
        _ group: String,
        servers: Int,
        before: (borrowing Environment, Int) throws -> Void,
        after: (Environment.Step, Int) throws -> Void
    ) throws {
        let actions = try Self.file.integers(group + "/action")
        let times = try Self.file.doubles(group + "/time")
        let start = Int(try Self.file.attribute("start", of: group))
        let length = Int(try Self.file.attribute("length", of: group))
        try #require(actions.count == length)
        var environment = try Environment(
            trace: Reference.trace.get(),
            fleet: Fleet(servers: servers)
        )
        let expectedLength = try environment.episodeLength(from: start)
        #expect(length == expectedLength)
        try environment.reset(start: start, until: .length(length))
        var player = try Player(policy, servers: servers)
        player.begin(start: start, on: environment.cluster)
        var total = 0.0
        for index in 0..<length {
            try #require(environment.clock == times[index], "step \(index)")
            try before(environment, index)
            let action = player.action(for: environment.request, on: environment.cluster)
            try #require(action?.index == actions[index], "step \(index)")
            let step = try environment.step(Action(actions[index]))
            try after(step, index)
            total += step.reward
        }
        let isFinished = environment.isFinished
        #expect(isFinished)
        let wait = try Self.file.attribute("total_wait", of: group)
        let expectedTotal = try Self.file.attribute("return", of: group)
        #expect(environment.totalWait == wait)
        #expect(agrees(total, expectedTotal))
    }

    @Test func theBalanceReward() throws {
        let group = "balance_reward/first_fit"
        let rewards = try Self.file.doubles(group + "/reward")
        let start = Int(try Self.file.attribute("start", of: group))
        var environment = try Environment(
            trace: Reference.trace.get(),
            fleet: Fleet(servers: 5),
            reward: .balance(weight: try Self.file.attribute("reward_weight", of: group))
        )
        try environment.reset(start: start, until: .length(rewards.count))
        var total = 0.0
        for (index, expected) in rewards.enumerated() {
            let action = environment.cluster.firstAvailable(for: environment.request)
            let step = try environment.step(try #require(action))
            try #require(agrees(step.reward, expected), "step \(index)")
            total += step.reward
        }
        let isFinished = environment.isFinished
        #expect(isFinished)
        let expectedTotal = try Self.file.attribute("return", of: group)
        #expect(agrees(total, expectedTotal))
    }
}
