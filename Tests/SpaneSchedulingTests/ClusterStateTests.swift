import SpaneScheduling
import SpaneTestSupport
import Testing

/// What a cluster has left, who fits, and that nothing is lost.
@Suite struct ClusterStateTests {
    private func makeCluster(_ servers: Int = 2) throws -> ClusterState {
        ClusterState(try Fleet(servers: servers))
    }

    @Test func placesOnOneNodeOrOnAllOfAServer() throws {
        var cluster = try makeCluster()
        cluster.place(Request(cpu: 4, mem: 8, isSplit: false), at: Action(server: 1, node: 1))
        cluster.place(Request(cpu: 3, mem: 11, isSplit: true), at: Action(server: 0, node: 1))
        let free = cluster.freeOfAllNodes
        let half = Resources(cpu: 38.5, mem: 84.5)
        #expect(free == [half, half, Resources(cpu: 40, mem: 90), Resources(cpu: 36, mem: 82)])
        let observation = cluster.observation
        #expect(observation == [38.5, 84.5, 38.5, 84.5, 40, 90, 36, 82])
    }

    @Test func theMaskAgreesWithEveryOtherAnswer() throws {
        var generator = Xoshiro256StarStar(seed: 3)
        for servers in 1...6 {
            var cluster = try makeCluster(servers)
            for round in 0..<300 {
                cluster.fillAtRandom(steps: round % 2 == 0 ? 3 : 40, &generator)
                let isSplit = generator.below(2) == 0
                let request = Request(
                    cpu: Double(1 + generator.below(60)) / 1.5,
                    mem: Double(1 + generator.below(100)),
                    isSplit: isSplit
                )
                // Straight from the definition, on what the cluster says is left.
                let demand = request.demandPerNode
                let fits = cluster.freeOfAllNodes.map { $0.cpu >= demand.cpu && $0.mem >= demand.mem }
                let expected = fits.indices.map { isSplit ? fits[$0 / 2 * 2] && fits[$0 / 2 * 2 + 1] : fits[$0] }
                let mask = cluster.mask(of: request)
                try #require(mask == expected.map { $0 ? 1 : 0 })
                let each = (0..<cluster.actionCount).map { cluster.isAvailable(Action($0), for: request) }
                try #require(each == expected)
                let first = cluster.firstAvailable(for: request)
                try #require(first?.action == expected.firstIndex(of: true).map { Action($0) })
            }
        }
    }

    @Test func writesOnlyItsOwnActionsAndCountsThem() throws {
        var cluster = try makeCluster(1)
        cluster.place(Request(cpu: 40, mem: 1, isSplit: false), at: Action(0))
        var mask = [UInt8](repeating: 9, count: 4)
        var span = mask.mutableSpan
        let count = cluster.writeAvailability(of: Request(cpu: 1, mem: 1, isSplit: false), into: &span)
        #expect(count == 1)
        #expect(mask == [0, 1, 9, 9])
    }

    @Test func balanceIsTheDefinition() throws {
        var cluster = try makeCluster()
        #expect(cluster.balance == 0)
        cluster.place(Request(cpu: 10, mem: 9, isSplit: false), at: Action(0))
        cluster.place(Request(cpu: 20, mem: 9, isSplit: false), at: Action(3))
        // 10 / 40 + 9 / 90 on server 0 and 20 / 40 + 9 / 90 on server 1.
        #expect(abs(cluster.balance + 0.95) < 1e-15)
    }

    /// All VMs leave before the last decision, in an order of their own; not one bit may be left behind.
    @Test(arguments: 1...4, RandomTrace.Style.allCases)
    func aClusterThatEmptiesIsExactlyTheEmptyCluster(servers: Int, style: RandomTrace.Style) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(100 + servers))
        let node = Resources(cpu: 8.1, mem: 24 + 1.0 / 3)
        let fleet = try Fleet(servers: servers, node: node)
        for _ in 0..<20 {
            var vms = RandomTrace.vms(style, count: 80, servers: servers, &generator)
            for index in 78..<80 { vms[index].arrival = 1e9 }
            var environment = try Environment(trace: Trace(vms), fleet: fleet)
            try environment.reset(start: 0, until: .exceed(1000))
            var wasUsed = false
            while environment.head < 78 {
                let available = environment.mask.indices.filter { environment.mask[$0] == 1 }
                try environment.step(Action(available[generator.below(available.count)]))
                let isEmpty = environment.cluster.isEmpty
                wasUsed = wasUsed || !isEmpty
            }
            #expect(wasUsed)
            let isEmpty = environment.cluster.isEmpty
            let free = environment.cluster.freeOfAllNodes
            #expect(isEmpty)
            #expect(environment.runningCount == 0)
            #expect(free == Array(repeating: node.onGrid, count: 2 * servers))
        }
    }

    @Test func releasesInAnyOrderRestoreFractionalSizes() throws {
        var generator = Xoshiro256StarStar(seed: 8)
        let sizes = [0.1, 1.75, 1.0 / 3, 0.7, 1e-6, 2.0 / 7].map { Resources(cpu: $0, mem: $0 * 1.1).onGrid }
        var cluster = try makeCluster(1)
        let empty = cluster.freeOfAllNodes
        for _ in 0..<200 {
            var placed: [(Request, Action)] = []
            for _ in 0..<30 {
                let size = sizes[generator.below(sizes.count)]
                let request = Request(cpu: size.cpu, mem: size.mem, isSplit: generator.below(2) == 0)
                let action = Action(generator.below(2))
                guard cluster.isAvailable(action, for: request) else { continue }
                cluster.place(request, at: action)
                placed.append((request, action))
            }
            placed.shuffle(using: &generator)
            for (request, action) in placed { cluster.release(request, at: action) }
            let free = cluster.freeOfAllNodes
            try #require(free == empty)
        }
    }

    @Test func actionsNameServersAndNodes() {
        for server in [0, 1, 7, 524_287] {
            for node in 0...1 {
                let action = Action(server: server, node: node)
                #expect(action.index == 2 * server + node)
                #expect(action.server == server)
                #expect(action.node == node)
            }
        }
        #expect(Action(3) < Action(4))
    }
}
