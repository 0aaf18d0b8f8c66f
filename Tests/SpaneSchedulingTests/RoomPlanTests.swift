import SpaneScheduling
import SpaneTestSupport
import Testing

/// Plans for room against brute force, on small fleets of every shape.
@Suite struct RoomPlanTests {
    /// A fleet that is so full that some VMs fit nowhere.
    struct Instance: ~Copyable {
        var cluster: Cluster
        var plain: PlainMoves
        let random: RandomFleet
        let scope: MoveScope

        init(nodes: Int, servers: Int, vms: Int, _ generator: inout Xoshiro256StarStar) throws {
            let random = try RandomFleet(nodes: nodes, servers: servers, &generator)
            var cluster = try Cluster(random.configuration)
            var plain = PlainMoves(random.plain)
            for id in 0..<UInt64(vms) {
                let ask = random.ask(&generator)
                let request = ask.plain(random.layout)
                let spots = plain.servers.enumerated().flatMap { server, there in
                    there.sets(request).map { PlainMoves.Spot(server: server, nodes: $0) }
                }
                guard !spots.isEmpty else { continue }
                let spot = spots[generator.below(spots.count)]
                try cluster.place(
                    id,
                    ask.request(random.layout),
                    at: Placement(server: spot.server, nodes: NodeSet(rawValue: spot.nodes))
                )
                plain.place(.init(id: id, request: request, mem: cluster.find(id)?.request.mem ?? 0, price: 1), spot)
            }
            let scope = try Self.restrict(&cluster, &plain, &generator)
            self.cluster = cluster
            (self.plain, self.random, self.scope) = (plain, random, scope)
        }

        /// Whether a request fits somewhere while nothing runs.
        func couldHold(_ request: PlainRequest) -> Bool {
            random.plain.contains { !$0.sets(request).isEmpty }
        }

        private static func restrict(
            _ cluster: inout Cluster,
            _ plain: inout PlainMoves,
            _ generator: inout Xoshiro256StarStar
        ) throws -> MoveScope {
            var scope = MoveScope()
            for server in plain.servers.indices where generator.below(6) == 0 {
                if generator.below(2) == 0 { try cluster.cordon(server) } else { scope.closed.insert(server) }
                plain.servers[server].isCordoned = true
            }
            for vm in plain.vms.indices {
                switch generator.below(8) {
                case 0:
                    plain.vms[vm].price = nil
                    scope.pinned.insert(plain.vms[vm].id)
                case 1:
                    plain.vms[vm].price = 3
                    scope.prices[plain.vms[vm].id] = 3
                default: break
                }
            }
            guard generator.below(6) == 0 else { return scope }
            let fixed = generator.below(plain.servers.count)
            scope.fixed.insert(fixed)
            for vm in plain.vms.indices where plain.spots[vm].server == fixed { plain.vms[vm].price = nil }
            return scope
        }
    }

    @Test(arguments: 1...4)
    func exactSearchFindsTheCheapestPlan(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(OracleEffort.seed), stream: UInt64(70 + nodes))
        var (blocked, found, chains, proven) = (0, 0, 0, 0)
        let all = max(150, OracleEffort.steps(share: 0.0001))
        while blocked < all {
            var instance = try Instance(nodes: nodes, servers: 2 + generator.below(2), vms: 7, &generator)
            let prices = MovePrices(move: Double(generator.below(3)), local: 0.5)
            let most = 1 + generator.below(nodes > 2 ? 2 : 3)
            let ask = instance.random.ask(&generator)
            let (request, plain) = (ask.request(instance.random.layout), ask.plain(instance.random.layout))
            guard !instance.plain.fits(plain), instance.couldHold(plain) else { continue }
            blocked += 1
            let cheapest = instance.plain.cheapest(plain, most: most, prices)
            let limits = MoveLimits(moves: most, budget: 100_000_000, isExact: true, prices: prices)
            let result = try MovePlanner(for: instance.cluster, limits)
                .makeRoom(for: request, on: instance.cluster, instance.scope)
            switch result {
            case .plan(let plan, let isCheapest):
                found += 1
                chains += plan.moves.count > 1 ? 1 : 0
                #expect(isCheapest)
                #expect(instance.plain.fault(of: plan, for: plain, most: most, prices) == nil)
                #expect(abs(plan.price - (cheapest ?? -1)) < 1e-9, "instance \(blocked)")
                try instance.cluster.apply(plan)
                try instance.cluster.place(99, request, at: try #require(plan.placement))
            case .impossible:
                proven += 1
                #expect(cheapest == nil, "instance \(blocked): a plan for \(cheapest ?? 0) was missed")
            case .notFound: Issue.record("instance \(blocked): the budget did not suffice")
            }
        }
        // All that can happen did.
        #expect(found > all / 20 && proven > all / 20 && chains > 0)
    }

    @Test(arguments: [0, 50, 2000])
    func everyPlanCanBeCarriedOut(budget: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(OracleEffort.seed), stream: 80)
        var (blocked, found, missed) = (0, 0, 0)
        while blocked < 300 {
            let nodes = 1 + generator.below(Layout.mostNodes)
            var instance = try Instance(nodes: nodes, servers: 2 + generator.below(5), vms: 25, &generator)
            let limits = MoveLimits(moves: 1 + generator.below(6), budget: budget)
            let ask = instance.random.ask(&generator)
            let (request, plain) = (ask.request(instance.random.layout), ask.plain(instance.random.layout))
            guard !instance.plain.fits(plain), instance.couldHold(plain) else { continue }
            blocked += 1
            let planner = try MovePlanner(for: instance.cluster, limits)
            let result = try planner.makeRoom(for: request, on: instance.cluster, instance.scope)
            guard let plan = result.plan else {
                missed += 1
                continue
            }
            found += 1
            #expect(instance.plain.fault(of: plan, for: plain, most: limits.moves, limits.prices) == nil)
            // Nothing is left behind on its copy.
            #expect(try planner.makeRoom(for: request, on: instance.cluster, instance.scope) == result)
            try instance.cluster.apply(plan)
            let again = try planner.makeRoom(for: request, on: instance.cluster, instance.scope)
            #expect(again.plan?.moves == [])
        }
        #expect(found > 30 && missed > 30)
    }

    /// A VM that takes of its server as a whole may have to leave it to come to another node of it.
    @Test func detoursAreNotMissed() throws {
        let layout = try Layout(nodes: 2, nodeResources: ["gpu"], serverResources: ["disk"])
        let types = [
            ServerType(nodes: [[5, 50, 1], [2, 50, 0]], shared: [1]), ServerType(nodes: [[3, 50, 0]], shared: [9]),
        ]
        var cluster = try Cluster(Fleet(layout: layout, types: types, typeOfServer: [0, 1], spanRule: .published))
        let first = layout.request(cpu: 2, mem: 1, span: 1, extras: [0, 1])
        try cluster.place(1, first, at: Placement(server: 0, node: 0))
        try cluster.place(2, Request(cpu: 3, mem: 1), at: Placement(server: 0, node: 0))
        let request = layout.request(cpu: 5, mem: 1, span: 1, extras: [1])
        let limits = MoveLimits(moves: 3, budget: 1_000_000, isExact: true)
        let plan = try #require(try MovePlanner(for: cluster, limits).makeRoom(for: request, on: cluster).plan)
        #expect(plan.moves.map(\.vm) == [1, 1, 2])
        try cluster.apply(plan)
        try cluster.place(3, request, at: try #require(plan.placement))
    }

    /// A VM that is placed before the moves for the next one takes its room before they run.
    @Test func roundsEndWhereAVMIsPlaced() throws {
        let layout = try Layout(nodes: 1)
        let types = [10.0, 5, 8].map { ServerType(nodes: [[$0, 100]]) }
        var cluster = try Cluster(Fleet(layout: layout, types: types, typeOfServer: [0, 1, 2], spanRule: .published))
        for (server, cpu) in [3.0, 2, 4].enumerated() {
            try cluster.place(UInt64(server), Request(cpu: cpu, mem: 1), at: Placement(server: server, node: 0))
        }
        let requests = [Request(cpu: 5, mem: 1), Request(cpu: 8, mem: 1)]
        let planner = try MovePlanner(for: cluster)
        let plans = try planner.makeRoom(for: requests, on: cluster)
        let moves = plans.flatMap { $0?.moves ?? [] }
        #expect(moves.count == 2)
        #expect(try planner.rounds(of: moves, on: cluster, perServer: 2) == [0, 0])
        #expect(try planner.rounds(of: plans, for: requests, on: cluster, perServer: 2) == [0, 1])
    }
}
