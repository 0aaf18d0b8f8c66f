import SpaneScheduling
import SpaneTestSupport
import Testing

/// A copy goes its own way: playing one leaves the other as it was.
@Suite struct CopyTests {
    @Test func environmentsAreIndependent() throws {
        var generator = Xoshiro256StarStar(seed: 2)
        let trace = try Trace(RandomTrace.vms(.fractional, count: 300, servers: 2, &generator))
        let fleet = try Fleet(servers: 2, node: RandomTrace.node)
        var original = try Environment(trace: trace, fleet: fleet, reward: .balance(weight: 2))
        try original.reset(start: 0, until: .exceed(150))
        for _ in 0..<60 { try original.step(Action(try #require(original.mask.firstIndex(of: 1)))) }
        let state = original.state
        var copy = original.copy()
        #expect(copy.state == state)

        // The copy plays other actions to the end and then another episode.
        for action in try actionsToTheEnd(&copy, .random(seed: 1)) { #expect(action.index < 4) }
        try copy.reset(start: 9, until: .length(50))
        try copy.step(Action(1))
        #expect(original.state == state)

        // A later copy of the untouched original and the original itself go the same way.
        var twin = original.copy()
        while !original.isFinished {
            let action = Action(try #require(original.mask.lastIndex(of: 1)))
            let (one, other) = (try original.step(action), try twin.step(action))
            try #require(one == other)
            try #require(original.state == twin.state)
        }
        let isFinished = twin.isFinished
        #expect(isFinished)
    }

    private func actionsToTheEnd(_ environment: inout Environment, _ heuristic: Heuristic) throws -> [Action] {
        var policy = heuristic.makePolicy()
        var actions: [Action] = []
        policy.begin(start: environment.head, on: environment.cluster)
        while !environment.isFinished {
            let choice = policy.action(for: environment.request, on: environment.cluster)
            let action = try #require(choice)
            actions.append(action)
            try environment.step(action)
        }
        return actions
    }

    @Test func clustersAreIndependent() throws {
        var cluster = ClusterState(try Fleet(servers: 2))
        let request = Request(cpu: 1, mem: 2, isSplit: true)
        cluster.place(request, at: Action(0))
        var copy = cluster.copy()
        let before = cluster.freeOfAllNodes
        let revision = cluster.revision
        #expect(copy.freeOfAllNodes == before)
        #expect(copy.revision == revision)
        copy.place(request, at: Action(2))
        #expect(cluster.freeOfAllNodes == before)
        #expect(cluster.revision == revision)
        cluster.release(request, at: Action(0))
        cluster.place(request, at: Action(0))
        cluster.place(request, at: Action(0))
        // The journal of the copy still names its own change.
        #expect(copy.server(changedAt: revision) == 1)
    }
}
