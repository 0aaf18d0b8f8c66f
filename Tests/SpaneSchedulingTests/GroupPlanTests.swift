import SpaneScheduling
import Testing

/// Plans of moves on fleets with groups: none breaks a hard rule, neither by a move nor by the VM that it lets in.
@Suite struct GroupPlanTests {
    /// Fills a fleet until some VMs find no room.
    private func fullFleet(_ seed: UInt64) throws -> GroupWalk {
        var walk = try GroupWalk(servers: 8, seed: seed, isLawless: false)
        var policy = FirstFit()
        var plain = FirstFit()
        for _ in 0..<90 { try walk.decide(&policy, &plain) }
        return walk
    }

    private func isInHardGroup(_ id: UInt64, _ walk: borrowing GroupWalk) -> Bool {
        walk.cluster.group(of: id).map { walk.cluster.rules(ofGroup: $0).contains(where: \.isHard) } ?? false
    }

    /// Carries a plan out beside the referee.
    private func apply(_ moves: [Move], _ walk: inout GroupWalk) throws {
        for move in moves {
            let isBound = isInHardGroup(move.vm, walk)
            #expect(!isBound || move.source.server == move.target.server)
            try walk.cluster.apply(move)
            walk.referee.vms[move.vm]?.server = move.target.server
        }
        let isSound = walk.referee.isSound
        #expect(isSound)
    }

    @Test func vmsAreLetInWhereTheirGroupAllows() throws {
        var (placed, moves) = (0, 0)
        for seed in 40..<48 as Range<UInt64> {
            let counts = try letIn(seed)
            (placed, moves) = (placed + counts.placed, moves + counts.moves)
        }
        #expect(placed > 20 && moves > 0)
    }

    private func letIn(_ seed: UInt64) throws -> (placed: Int, moves: Int) {
        var walk = try fullFleet(seed)
        for id in walk.cluster.vmIDs where id % 6 == 0 {
            _ = walk.cluster.release(id)
            walk.referee.vms[id] = nil
        }
        let planner = try MovePlanner(for: walk.cluster)
        var (placed, moves) = (0, 0)
        for id in 1000..<1040 as Range<UInt64> {
            let (request, group) = (walk.request(), walk.group())
            var scope = MoveScope()
            scope.groups = [group]
            guard let plan = try planner.makeRoom(for: request, on: walk.cluster, scope).plan,
                let placement = plan.placement
            else { continue }
            placed += 1
            moves += plan.moves.count
            try apply(plan.moves, &walk)
            let isAllowed = walk.referee.violations(group, request, on: placement.server, of: walk.cluster) != nil
            #expect(isAllowed)
            try walk.cluster.place(id, request, in: group, at: placement)
            walk.referee.vms[id] = GroupReferee.VM(group: group, server: placement.server)
        }
        return (placed, moves)
    }

    @Test(arguments: 50..<54 as Range<UInt64>)
    func severalVMsOfAGroupAreLetInTogether(seed: UInt64) throws {
        var walk = try fullFleet(seed)
        let planner = try MovePlanner(for: walk.cluster)
        let group: UInt64 = 77
        let rules = [GroupRule(.atMost), GroupRule(.spread, level: 0, count: 3)]
        try walk.cluster.setRules(rules, ofGroup: group)
        walk.referee.rules[group] = rules
        let requests = (0..<6).map { _ in walk.request() }
        var scope = MoveScope()
        scope.groups = requests.map { _ in group }
        let plans = try planner.makeRoom(for: requests, on: walk.cluster, scope)
        for (index, plan) in plans.enumerated() {
            guard let plan, let placement = plan.placement else { continue }
            try apply(plan.moves, &walk)
            try walk.cluster.place(2000 + UInt64(index), requests[index], in: group, at: placement)
            walk.referee.vms[2000 + UInt64(index)] = GroupReferee.VM(group: group, server: placement.server)
        }
        let servers = walk.referee.vms.values.filter { $0.group == group }.map(\.server)
        #expect(Set(servers).count == servers.count)
    }

    @Test(arguments: 60..<64 as Range<UInt64>)
    func drainsAndConsolidationsLeaveBoundVMsWhereTheyAre(seed: UInt64) throws {
        var walk = try fullFleet(seed)
        for id in walk.cluster.vmIDs where id % 3 == 0 {
            _ = walk.cluster.release(id)
            walk.referee.vms[id] = nil
        }
        let planner = try MovePlanner(for: walk.cluster)
        for server in 0..<3 {
            let plan = try planner.drain(server, on: walk.cluster)
            let bound = try walk.cluster.vms(on: server).filter { isInHardGroup($0, walk) }
            #expect(Set(plan.stuck).isSuperset(of: bound))
            try apply(plan.moves, &walk)
        }
        try apply(try planner.consolidate(most: 20, on: walk.cluster).moves, &walk)
        try apply(try planner.repair(4, on: walk.cluster).moves, &walk)
    }
}
