import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneTraining
import Testing

@Suite struct ReplayTests {
    /// Decisions whose server s has s + 10 * index cores left on node 0.
    private func episode(_ count: Int, servers: Int) throws -> (Trajectory, EpisodeReturns) {
        var record = Trajectory(serverCount: servers, normalisation: .published)
        var cluster = ClusterState(
            try Fleet(servers: servers, node: Resources(cpu: 1000, mem: 1000), splitAbove: 10)
        )
        for index in 0..<count {
            cluster.fill(
                leaving: (0..<2 * servers).map { Resources(cpu: Double($0 / 2 + 10 * index), mem: Double($0 % 2)) }
            )
            // Fits on node 1 of the last server only.
            let request = Request(cpu: Double(servers - 1 + 10 * index), mem: 1, isSplit: false)
            #expect(record.observe(cluster, request) == 1)
            let action = record.availableAction(0)
            #expect(action == Action(server: servers - 1, node: 1))
            record.act(action, reward: -Double(index))
        }
        return (record, .steps(2, discount: 0.5, rewards: record.rewards))
    }

    /// Everything that is remembered.
    private func state(_ replay: ReplayBuffer) -> LearnerState {
        var state = LearnerState()
        replay.write(to: &state)
        return state
    }

    @Test func keepsTheLatest() throws {
        let replay = ReplayBuffer(capacity: 5, servers: 2...3, steps: 2)
        let (record, returns) = try episode(4, servers: 2)
        replay.append(record, returns: returns)
        #expect(replay.count == 4 && replay.next == 4)
        replay.append(record, returns: returns)
        #expect(replay.count == 5 && replay.next == 3)
        // Slots 0, 1, 2 hold decisions 1, 2, 3 of the second time, slot 4 its decision 0.
        #expect((0..<5).map { replay.returns(in: $0) } == [-2, -3.5, -3, -3, -0.5])
        #expect((0..<5).map { replay.discount(in: $0) } == [0.25, 0, 0, 0, 0.25])
        #expect(
            (0..<5).allSatisfy { replay.states.action(in: $0) == Action(3) && replay.states.serverCount(in: $0) == 2 }
        )
    }

    @Test func permutesServers() throws {
        let replay = ReplayBuffer(capacity: 10, servers: 3...3, steps: 2)
        let (record, returns) = try episode(1, servers: 3)
        replay.append(record, returns: returns)
        replay.append(record, returns: returns, permutation: [2, 0, 1])
        let values = try state(replay).floats("replay/records")
        // Seven values before the servers, five for each.
        let cores = [7, 12, 17, 29, 34, 39].map { (values[$0] * 40).rounded() }
        #expect(cores == [0, 1, 2, 2, 0, 1])
        // The last server went to the first place, and what was available with it.
        #expect(replay.states.action(in: 0) == Action(5) && replay.states.action(in: 1) == Action(1))
        #expect((0..<3).map { replay.states.available(on: $0, in: 0) } == [0, 0, 2])
        #expect((0..<3).map { replay.states.available(on: $0, in: 1) } == [2, 0, 0])
    }

    /// A network for clusters of one size lays out all states alike, so no other may come in.
    @Test func refusesStatesOfOtherSizes() throws {
        let mixed = ReplayBuffer(capacity: 5, servers: 2...3, steps: 2)
        let (record, returns) = try episode(4, servers: 2)
        mixed.append(record, returns: returns)
        let copy = ReplayBuffer(capacity: 5, servers: 2...3, steps: 2)
        try copy.read(from: state(mixed))
        #expect(copy.count == 4)
        let uniform = ReplayBuffer(capacity: 5, servers: 3...3, steps: 2)
        #expect(throws: LearnerStateError.self) { try uniform.read(from: state(mixed)) }
        #expect(uniform.count == 0)
    }

    @Test func owns() throws {
        let replay = ReplayBuffer(capacity: 10, servers: 2...2, steps: 2)
        var (record, returns) = try episode(3, servers: 2)
        replay.append(record, returns: returns)
        let before = state(replay)
        (record, returns) = try episode(5, servers: 2)
        var cluster = ClusterState(try Fleet(servers: 2))
        cluster.removeAll()
        _ = record.observe(cluster, Request(cpu: 1, mem: 1, isSplit: false))
        #expect(state(replay) == before)
    }

    @Test(arguments: [1, 7, 64, 999, 1000])
    func drawsWithoutReplacement(amount: Int) {
        let sampler = SlotSampler(capacity: 1000)
        var generator = Xoshiro256StarStar(seed: 3)
        var hits = Array(repeating: 0, count: 1000)
        let rounds = 20_000 / amount + 20
        for _ in 0..<rounds {
            let slots = sampler.draw(amount, below: 1000, using: &generator)
            #expect(Set(slots).count == amount)
            for slot in slots { hits[Int(slot)] += 1 }
        }
        // Each slot's hits are binomial; six deviations around the mean.
        let share = Double(amount) / 1000
        let mean = Double(rounds) * share
        let deviation = (mean * (1 - share)).squareRoot()
        for count in hits { #expect(abs(Double(count) - mean) <= 6 * deviation + 1) }
    }
}
