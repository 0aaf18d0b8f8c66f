import SpaneScheduling
import SpaneTestSupport
import Testing

/// Plans that empty servers or even them out, and what becomes of plans that the fleet has overtaken.
@Suite struct ServerPlanTests {
    private typealias Instance = RoomPlanTests.Instance

    private func instance(_ generator: inout Xoshiro256StarStar) throws -> Instance {
        try Instance(
            nodes: 1 + generator.below(Layout.mostNodes),
            servers: 3 + generator.below(4),
            vms: 4 + generator.below(16),
            &generator
        )
    }

    private func fault(_ instance: borrowing Instance, _ moves: [Move], most: Int, _ prices: MovePrices) -> String? {
        instance.plain.fault(of: MovePlan(moves: moves), for: nil, most: most, prices)
    }

    @Test func drainedServersAreEmpty() throws {
        var generator = Xoshiro256StarStar(seed: 5, stream: 90)
        var (emptied, stuck) = (0, 0)
        for _ in 0..<200 {
            var instance = try instance(&generator)
            let server = generator.below(instance.plain.servers.count)
            let planner = try MovePlanner(for: instance.cluster)
            let plan = try planner.drain(server, on: instance.cluster, instance.scope)
            #expect(fault(instance, plan.moves, most: .max, planner.limits.prices) == nil)
            #expect(!plan.moves.contains { $0.target.server == server })
            #expect(try planner.drain(server, on: instance.cluster, instance.scope) == plan)
            if plan.stuck.isEmpty { #expect(plan.price >= plan.bound - 1e-9) }
            for move in plan.moves { try instance.cluster.apply(move) }
            #expect(try instance.cluster.vms(on: server) == plan.stuck.sorted())
            emptied += plan.emptied.count
            stuck += plan.stuck.isEmpty ? 0 : 1
        }
        #expect(emptied > 30 && stuck > 10)
    }

    @Test func consolidationEmptiesWhatItSays() throws {
        var generator = Xoshiro256StarStar(seed: 6, stream: 91)
        var emptied = 0
        for _ in 0..<200 {
            var instance = try instance(&generator)
            let planner = try MovePlanner(for: instance.cluster)
            let most = generator.below(12)
            let plan = try planner.consolidate(most: most, on: instance.cluster, instance.scope)
            #expect(fault(instance, plan.moves, most: most, planner.limits.prices) == nil)
            #expect(Double(plan.emptied.count) <= plan.bound)
            let before = try (0..<instance.plain.servers.count).filter { try instance.cluster.vmCount(on: $0) == 0 }
            try instance.cluster.apply(MovePlan(moves: plan.moves))
            let after = try (0..<instance.plain.servers.count).filter { try instance.cluster.vmCount(on: $0) == 0 }
            #expect(Set(after) == Set(before + plan.emptied))
            emptied += plan.emptied.count
        }
        #expect(emptied > 50)
    }

    /// What comes to a server that is emptied later goes at once to where it stays.
    @Test func consolidationMovesNoVMTwice() throws {
        var generator = Xoshiro256StarStar(seed: 9, stream: 94)
        var (moves, emptied, twice) = (0, 0, 0)
        for _ in 0..<20 {
            var cluster = try Cluster(Fleet(servers: 16))
            for id in 0..<UInt64(40 + generator.below(40)) {
                let size = [(1.0, 2.0), (2, 8), (4, 8), (8, 16), (16, 32)][generator.below(5)]
                let placement = Placement(server: generator.below(16), node: generator.below(2))
                let request = try cluster.request(cpu: size.0, mem: size.1, span: 1)
                guard cluster.state.isAvailable(placement, for: request) else { continue }
                try cluster.place(id, request, at: placement)
            }
            let planner = try MovePlanner(for: cluster)
            let most = [10, 1000][generator.below(2)]
            let plan = try planner.consolidate(most: most, on: cluster)
            #expect(plan.moves.count <= most)
            #expect(try planner.consolidate(most: most, on: cluster) == plan)
            moves += plan.moves.count
            emptied += plan.emptied.count
            twice += plan.moves.count - Set(plan.moves.map(\.vm)).count
            try cluster.apply(MovePlan(moves: plan.moves))
            for server in plan.emptied { #expect(try cluster.vmCount(on: server) == 0) }
        }
        #expect(moves > 200 && emptied > 75)
        #expect(twice == 0)
    }

    @Test func consolidationCanBeStopped() throws {
        var cluster = try Cluster(Fleet(servers: 4))
        for server in 0..<4 {
            try cluster.place(
                UInt64(server),
                cluster.request(cpu: 5, mem: 10),
                at: Placement(server: server, node: 0)
            )
        }
        let planner = try MovePlanner(for: cluster)
        let plan = try planner.consolidate(most: 9, on: cluster)
        #expect(plan.emptied.count == 3)
        let error = #expect(throws: SchedulingError.self) {
            try planner.consolidate(most: 9, on: cluster, MoveScope(), progress: Progress { _ in false })
        }
        #expect(error?.code == .cancelled)
        // Nothing is left behind on its copy.
        #expect(try planner.consolidate(most: 9, on: cluster) == plan)
    }

    @Test func repairEvensOutTheNodes() throws {
        var generator = Xoshiro256StarStar(seed: 7, stream: 92)
        var moves = 0
        for _ in 0..<200 {
            var instance = try instance(&generator)
            let planner = try MovePlanner(for: instance.cluster)
            let server = generator.below(instance.plain.servers.count)
            let plan = try planner.repair(server, on: instance.cluster, instance.scope)
            #expect(fault(instance, plan.moves, most: planner.limits.moves, planner.limits.prices) == nil)
            #expect(plan.moves.allSatisfy { $0.isLocal && $0.source.server == server })
            let before = instance.cluster.state.balance
            try instance.cluster.apply(plan)
            #expect(
                plan.moves.isEmpty ? instance.cluster.state.balance == before : instance.cluster.state.balance > before
            )
            moves += plan.moves.count
        }
        #expect(moves > 50)
    }

    @Test func roundsRunAtOnce() throws {
        var generator = Xoshiro256StarStar(seed: 8, stream: 93)
        var parallel = 0
        for _ in 0..<200 {
            let instance = try instance(&generator)
            let planner = try MovePlanner(for: instance.cluster)
            let moves = try planner.consolidate(most: 12, on: instance.cluster, instance.scope).moves
            let perServer = 1 + generator.below(3)
            let rounds = try planner.rounds(of: moves, on: instance.cluster, perServer: perServer)
            #expect(rounds == rounds.sorted() && rounds.count == moves.count)
            var plain = instance.plain
            for round in Set(rounds).sorted() {
                let now = zip(moves, rounds).filter { $0.1 == round }.map(\.0)
                var atOnce: [Int: Int] = [:]
                for move in now {
                    for server in Set([move.source.server, move.target.server]) { atOnce[server, default: 0] += 1 }
                    let vm = try #require(plain.vms.firstIndex { $0.id == move.vm })
                    #expect(plain.servers[move.target.server].allows(move.target.nodes.rawValue, plain.vms[vm].request))
                    plain.servers[move.target.server].take(plain.vms[vm].request, move.target.nodes.rawValue)
                }
                for move in now {
                    let vm = try #require(plain.vms.firstIndex { $0.id == move.vm })
                    plain.servers[move.source.server].take(plain.vms[vm].request, move.source.nodes.rawValue, times: -1)
                }
                #expect(atOnce.values.allSatisfy { $0 <= perServer })
                parallel += now.count > 1 ? 1 : 0
            }
        }
        #expect(parallel > 10)
    }

    @Test func plansThatAreOvertakenAreRefusedAsAWhole() throws {
        var cluster = try Cluster(Fleet(servers: 3))
        let vm = try cluster.request(cpu: 20, mem: 10)
        for server in 0..<2 {
            for node in 0..<2 {
                try cluster.place(UInt64(2 * server + node), vm, at: Placement(server: server, node: node))
            }
        }
        let planner = try MovePlanner(for: cluster)
        let plan = try planner.consolidate(most: 8, on: cluster)
        #expect(plan.emptied == [0] && plan.moves.count == 2)
        let before = try cluster.snapshot()
        // The target of the second move is taken meanwhile.
        let last = try #require(plan.moves.last)
        try cluster.place(9, try cluster.request(cpu: 15, mem: 10), at: last.target)
        #expect(throws: SchedulingError.self) { try cluster.apply(MovePlan(moves: plan.moves)) }
        #expect(throws: SchedulingError.self) { try planner.rounds(of: plan.moves, on: cluster) }
        _ = cluster.release(9)
        #expect(try cluster.snapshot().vms.map(\.placement) == before.vms.map(\.placement))
        _ = cluster.release(last.vm)
        #expect(throws: SchedulingError.self) { try cluster.apply(MovePlan(moves: plan.moves)) }
        #expect(cluster.find(plan.moves[0].vm)?.placement == plan.moves[0].source)
    }

    @Test func reportsSayWhatWasShort() throws {
        var cluster = try Cluster(Fleet(servers: 2))
        for (id, server) in [(UInt64(1), 0), (2, 1)] {
            try cluster.place(id, try cluster.request(cpu: 30, mem: 8), at: Placement(server: server, node: 0))
        }
        let request = try cluster.request(cpu: 70, mem: 60)
        let report = try MovePlanner(for: cluster).explainRoom(for: request, on: cluster)
        #expect(
            "\(report)"
                == "70 cores and 60 GB over 2 nodes fit on no server. On nodes 0 and 1 of server 0: 25 cores on node 0. "
                + "1 move of 8 GB in all makes room there, at a price of 10. Greedy plans elsewhere: nodes 0 and 1 of server 1 10."
        )
        let full = try MovePlanner(for: cluster).explainRoom(for: cluster.request(cpu: 80, mem: 180), on: cluster)
        #expect(full.result.plan != nil)
        let large = try MovePlanner(for: cluster).explainRoom(for: cluster.request(cpu: 81, mem: 180), on: cluster)
        #expect(
            "\(large)"
                == "81 cores and 180 GB over 2 nodes fit on no server in placement, even if nothing else ran there."
        )
    }
}
