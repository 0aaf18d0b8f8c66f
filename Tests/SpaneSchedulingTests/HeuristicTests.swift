import SpaneScheduling
import SpaneTestSupport
import Testing

/// The heuristics on clusters made by hand.
@Suite struct HeuristicTests {
    static let small = Request(cpu: 4, mem: 9, isSplit: false)
    static let split = Request(cpu: 8, mem: 18, isSplit: true)

    /// A cluster of 40 cores and 90 GB a node, with this much left on each node.
    private func makeCluster(_ free: [(cpu: Double, mem: Double)]) throws -> ClusterState {
        var cluster = ClusterState(try Fleet(servers: free.count / 2))
        cluster.fill(leaving: free.map { Resources(cpu: $0.cpu, mem: $0.mem) })
        return cluster
    }

    private func choice(
        _ heuristic: Heuristic,
        _ request: Request,
        _ free: [(cpu: Double, mem: Double)]
    ) throws -> Int? {
        let cluster = try makeCluster(free)
        var policy = heuristic.makePolicy()
        policy.begin(start: 0, on: cluster)
        return policy.action(for: request, on: cluster)?.index
    }

    @Test func firstFitTakesTheLowestAction() throws {
        #expect(try choice(.firstFit, Self.small, [(3, 90), (40, 8), (4, 9), (40, 90)]) == 2)
        #expect(try choice(.firstFit, Self.split, [(40, 90), (3, 90), (4, 9), (4, 9)]) == 2)
        #expect(try choice(.firstFit, Self.small, [(3, 90), (40, 8)]) == nil)
        // Together there is room for it, but each half needs a node.
        #expect(try choice(.firstFit, Self.split, [(40, 90), (3, 9), (4, 8), (40, 90)]) == nil)
    }

    @Test func bestFitTakesTheTightestNode() throws {
        // min(20/40, 9/90) = 0.1 is the least of those with room; node 3 would be tighter but has none.
        #expect(try choice(.bestFit, Self.small, [(40, 90), (10, 45), (20, 9), (3, 90)]) == 2)
        // Scarcer by cores than by memory.
        #expect(try choice(.bestFit, Self.small, [(8, 90), (6, 90), (40, 27), (40, 90)]) == 1)
        // Both have a quarter left, by another resource each: the lowest wins.
        #expect(try choice(.bestFit, Self.small, [(40, 90), (40, 22.5), (10, 90), (40, 90)]) == 1)
        #expect(try choice(.bestFit, Self.small, [(40, 90), (40, 90)]) == 0)
    }

    @Test func bestFitTakesTheServerWithTheLeastSumForASplitVM() throws {
        // Sums 0.1 + 1, 0.5 + 0.5 and 0.75 + 0.75.
        #expect(try choice(.bestFit, Self.split, [(4, 90), (40, 90), (20, 90), (20, 90), (30, 90), (30, 90)]) == 2)
        // Equal sums: the lowest server, and its node 0.
        #expect(try choice(.bestFit, Self.split, [(3, 90), (3, 90), (10, 90), (30, 90), (20, 90), (20, 90)]) == 2)
        #expect(try choice(.bestFit, Self.split, [(40, 90), (3, 90)]) == nil)
    }

    @Test func balanceFitEvensOutTheMostUnevenServer() throws {
        // Differences 0.25 and 0.5: server 1, its roomier node 3.
        #expect(try choice(.balanceFit, Self.small, [(40, 90), (30, 90), (20, 90), (40, 90)]) == 3)
        // Server 0 is the most uneven by far, but it has no room at all.
        #expect(try choice(.balanceFit, Self.small, [(0, 0), (40, 8), (36, 90), (40, 90)]) == 3)
        // The roomier node has no memory left for it... then the other one.
        let tall = Request(cpu: 20, mem: 1, isSplit: false)
        #expect(try choice(.balanceFit, tall, [(18, 90), (40, 36), (40, 90), (40, 90)]) == 1)
        // min(40/40, 36/90) = 0.4 beats min(12/40, 90/90) = 0.3, yet only the latter has 40 GB.
        let wide = Request(cpu: 1, mem: 40, isSplit: false)
        #expect(try choice(.balanceFit, wide, [(40, 36), (12, 90), (40, 90), (40, 90)]) == 1)
    }

    @Test func balanceFitIsFirstFitOnEvenServersAndForSplitVMs() throws {
        #expect(try choice(.balanceFit, Self.small, [(3, 90), (3, 90), (20, 45), (20, 45), (40, 90), (40, 90)]) == 2)
        // Uneven in cores and memory, but the scarcer one is the same share on both nodes.
        #expect(try choice(.balanceFit, Self.small, [(20, 90), (40, 45)]) == 0)
        #expect(try choice(.balanceFit, Self.split, [(30, 90), (40, 90), (10, 90), (40, 90)]) == 0)
        // Equal differences: the lowest server.
        #expect(try choice(.balanceFit, Self.small, [(40, 90), (40, 90), (20, 90), (40, 90), (40, 90), (20, 90)]) == 3)
        #expect(try choice(.balanceFit, Self.small, [(3, 90), (40, 8)]) == nil)
    }

    @Test func moveToFrontStaysWhileItCan() throws {
        var policy = MoveToFront()
        let empty = try makeCluster([(40, 90), (40, 90), (40, 90), (40, 90)])
        policy.begin(start: 0, on: empty)
        #expect(policy.action(for: Self.small, on: empty) == Action(0))
        let full = try makeCluster([(3, 90), (40, 90), (40, 90), (40, 90)])
        #expect(policy.action(for: Self.small, on: full) == Action(1))
        // Action 0 is available again, but the last one was 1.
        #expect(policy.action(for: Self.small, on: empty) == Action(1))
        // For a split VM action 1 means its whole server.
        #expect(policy.action(for: Self.split, on: empty) == Action(1))
        #expect(policy.action(for: Self.split, on: full) == Action(2))
        let none = try makeCluster([(3, 90), (3, 90), (3, 90), (3, 90)])
        #expect(policy.action(for: Self.small, on: none) == nil)
        #expect(policy.action(for: Self.small, on: empty) == Action(2))
        // A new episode starts at 0.
        policy.begin(start: 0, on: empty)
        #expect(policy.action(for: Self.small, on: empty) == Action(0))
    }

    @Test func randomFitIsUniformOverTheAvailableActions() throws {
        let cluster = try makeCluster([(40, 90), (3, 90), (4, 9), (20, 90), (40, 8), (40, 90)])
        var policy = RandomFit(seed: 3)
        policy.begin(start: 0, on: cluster)
        var counts: [Int: Int] = [:]
        for _ in 0..<40_000 {
            let choice = policy.action(for: Self.small, on: cluster)
            let action = try #require(choice)
            counts[action.index, default: 0] += 1
        }
        #expect(Set(counts.keys) == [0, 2, 3, 5])
        // Six standard deviations of a count.
        #expect(counts.values.allSatisfy { abs($0 - 10_000) < 520 })
        #expect(try choice(.random(seed: 1), Self.small, [(3, 90), (3, 90)]) == nil)
    }

    @Test func randomFitDependsOnSeedAndStartAlone() throws {
        let cluster = try makeCluster(Array(repeating: (40, 90), count: 20))
        func choices(seed: UInt64, start: Int, after wasted: Int) -> [Action?] {
            var policy = RandomFit(seed: seed)
            for _ in 0..<wasted { _ = policy.action(for: Self.small, on: cluster) }
            policy.begin(start: start, on: cluster)
            return (0..<20).map { _ in policy.action(for: Self.small, on: cluster) }
        }
        #expect(choices(seed: 1, start: 5, after: 0) == choices(seed: 1, start: 5, after: 7))
        #expect(choices(seed: 1, start: 5, after: 0) != choices(seed: 2, start: 5, after: 0))
        #expect(choices(seed: 1, start: 5, after: 0) != choices(seed: 1, start: 6, after: 0))
    }

    @Test func names() {
        #expect(Heuristic(name: "first-fit") == .firstFit)
        #expect(Heuristic(name: "best-fit") == .bestFit)
        #expect(Heuristic(name: "balance-fit") == .balanceFit)
        #expect(Heuristic(name: "move-to-front") == .moveToFront)
        #expect(Heuristic(name: "random") == .random(seed: 0))
        #expect(Heuristic(name: "random:18446744073709551615") == .random(seed: .max))
        for name in ["", "First-Fit", "first_fit", "random:", "random:-1", "random:x", "random:1 ", "fit"] {
            #expect(Heuristic(name: name) == nil, "\(name)")
        }
        #expect(
            Heuristic.names == [
                "first-fit", "best-fit", "balance-fit", "move-to-front", "random[:SEED]", RuleName.usage,
            ]
        )
    }

    /// Whatever row is added, its name leads to it, an argument is taken by those alone that say so, and it says what it does.
    @Test func theTableIsSound() throws {
        for role in [Heuristic.Description.Role.policy, .serverScore, .nodeChoice] {
            let names = Heuristic.all.filter { $0.role == role }.map(\.name)
            #expect(Set(names).count == names.count && !names.isEmpty)
        }
        for known in Heuristic.all {
            #expect(!"\(known.summary)".isEmpty && !"\(known.summary)".contains("\n"))
            let name = known.role == .nodeChoice ? "l2+\(known.name)" : known.name
            let heuristic = try #require(Heuristic(name: name))
            #expect((Heuristic(name: name + ":7") != nil) == (known.argument != nil))
            #expect(try choice(heuristic, Self.small, [(3, 90), (40, 90), (3, 90), (3, 90)]) == 1, "\(name)")
        }
    }

    @Test func policiesHaveTheTypeOfTheirName() {
        #expect(Heuristic.firstFit.makePolicy() is FirstFit)
        #expect(Heuristic.bestFit.makePolicy() is BestFit)
        #expect(Heuristic.balanceFit.makePolicy() is BalanceFit)
        #expect(Heuristic.moveToFront.makePolicy() is MoveToFront)
        #expect(Heuristic.random(seed: 1).makePolicy() is RandomFit)
        #expect(Heuristic(name: "most-allocated")?.makePolicy() is RulePolicy)
    }
}
