import SpaneScheduling
import Testing

/// Groups of VMs and their rules, against a referee that goes by the definitions.
@Suite struct GroupTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func rulesSayWhatTheirDefinitionsSay(seed: UInt64) throws {
        var walk = try GroupWalk(servers: 12, seed: seed, isLawless: true)
        for step in 0..<150 {
            try walk.change()
            if step % 5 == 0 { try walk.compare() }
        }
        #expect(walk.refused > 0)
    }

    @Test(arguments: 10..<16 as Range<UInt64>)
    func hardRulesAreNeverBroken(seed: UInt64) throws {
        var walk = try GroupWalk(servers: 12, seed: seed, isLawless: false)
        var policy = BestFit()
        var plain = BestFit()
        for step in 0..<200 {
            try walk.change()
            if step % 3 == 0 { try walk.decide(&policy, &plain) }
            let isSound = walk.referee.isSound
            try #require(isSound)
        }
    }

    /// On few servers, and on many, of which indices keep the scores.
    @Test(arguments: [10, 140])
    func policiesChooseAmongWhatIsAllowed(servers: Int) throws {
        var walk = try GroupWalk(servers: servers, seed: UInt64(servers), isLawless: true)
        let rule = try #require(RuleName("capacity-lost,10*most-allocated+spread"))
        let mix = ExpectedFlavors([.init(cpu: 8, mem: 16, frequency: 1), .init(cpu: 2, mem: 4, frequency: 3)])
        var policies = (FirstFit(), BestFit(), BalanceFit(), RulePolicy(rule, mix: mix))
        var plain = (FirstFit(), BestFit(), BalanceFit(), RulePolicy(rule, mix: mix))
        for step in 0..<160 {
            try walk.change()
            switch step % 4 {
            case 0: try walk.decide(&policies.0, &plain.0)
            case 1: try walk.decide(&policies.1, &plain.1)
            case 2: try walk.decide(&policies.2, &plain.2)
            default: try walk.decide(&policies.3, &plain.3)
            }
        }
    }

    /// Whatever was refused before it, the tree has its scores again.
    @Test func manyRefusedServersAreBackInTheIndex() throws {
        var cluster = Cluster()
        try cluster.addServers((0..<200).map { _ in Resources(cpu: 16, mem: 32) })
        try cluster.setRules([GroupRule(.atMost)], ofGroup: 9)
        let request = Request(cpu: 1, mem: 1)
        var policy = BestFit()
        for id in 0..<200 as Range<UInt64> {
            let choice = policy.placement(for: request, in: 9, on: cluster)
            let found = try #require(choice)
            #expect(found.server == Int(id))
            try cluster.place(id, request, in: 9, at: found)
            // Without a group the fullest server comes first, as it always did.
            if id % 50 == 0 {
                var fresh = BestFit()
                let (mine, its) = (
                    policy.placement(for: request, on: cluster.state), fresh.placement(for: request, on: cluster.state)
                )
                #expect(mine == its)
            }
        }
        let none = policy.placement(for: request, in: 9, on: cluster)
        #expect(none == nil)
    }

    /// A rule learns of a VM once, however often it is asked for it.
    @Test func aVMIsLearnedOnce() throws {
        var cluster = Cluster()
        try cluster.addServers((0..<6).map { _ in Resources(cpu: 16, mem: 32) })
        // All is broken alike, so that the first step has nothing and the second decides among all.
        try cluster.setRules([GroupRule(.atMost, isHard: false)], ofGroup: 1)
        let name = try #require(RuleName("capacity-lost+spread"))
        var (policy, plain) = (RulePolicy(name), RulePolicy(name))
        for id in 0..<40 as Range<UInt64> {
            let request = Request(cpu: Double(1 + id % 4), mem: 2)
            if id < 6 {
                try cluster.place(id, request, in: 1, at: Placement(server: Int(id), node: 0))
                continue
            }
            let fewest = (0..<6).map { (try? cluster.violations(ofGroup: 1, for: request, on: $0)) ?? .max }.min()
            let allowed = try (0..<6 as Range<Int32>).filter {
                try cluster.violations(ofGroup: 1, for: request, on: Int($0)) == fewest
            }
            let found = policy.placement(for: request, in: 1, on: cluster)
            let expected = plain.placement(for: request, on: cluster.state, among: allowed.span)
            #expect(found == expected)
            try cluster.place(id, request, in: 1, at: try #require(found))
        }
    }

    @Test(arguments: 20..<26 as Range<UInt64>)
    func trialsLeaveGroupsAsTheyWere(seed: UInt64) throws {
        var walk = try GroupWalk(servers: 12, seed: seed, isLawless: true)
        for _ in 0..<20 {
            for _ in 0..<5 { try walk.change() }
            let before = walk.referee
            walk.cluster.beginTrial()
            for _ in 0..<10 { try walk.change() }
            if walk.generator.below(2) == 0 {
                try walk.cluster.dropTrial()
                walk.referee = before
            } else {
                try walk.cluster.keepTrial()
            }
            try walk.compare()
        }
    }

    @Test func aStateComesBackWithItsGroups() throws {
        var walk = try GroupWalk(servers: 12, seed: 30, isLawless: true)
        for _ in 0..<200 { try walk.change() }
        let snapshot = try walk.cluster.snapshot()
        walk.cluster = try Cluster.restored(from: snapshot)
        #expect(walk.cluster.levels == ["rack", "zone"])
        for group in GroupWalk.groups {
            let rules = walk.cluster.rules(ofGroup: group)
            #expect(rules == walk.referee.rules[group] ?? [])
        }
        try walk.compare()
        for _ in 0..<50 { try walk.change() }
        try walk.compare()
    }

    private func refuses(_ message: String, _ code: SchedulingError.Code = .invalidArgument, _ body: () throws -> Void)
    {
        #expect(throws: SchedulingError(code, message), performing: body)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        var cluster = Cluster()
        try cluster.addServers([Resources(cpu: 8, mem: 16), Resources(cpu: 8, mem: 16)])
        func attempt(_ body: (inout Cluster) throws -> Void) throws {
            var copy = cluster.copy()
            try body(&copy)
        }
        refuses("level is 0; the cluster has no levels") { try attempt { try $0.setDomain(1, of: 0, level: 0) } }
        refuses("a level is called server; that is the level of each server itself") {
            try attempt { try $0.setLevels(["server"]) }
        }
        refuses("level rack is there twice") { try attempt { try $0.setLevels(["rack", "rack"]) } }
        refuses("there are 8 levels; at most 7 are allowed") {
            try attempt { try $0.setLevels((0..<8).map { "\($0)" }) }
        }
        refuses("rules[0]: level is 0; the cluster has no levels; it must be -1 for the server") {
            try attempt { try $0.setRules([GroupRule(.together, level: 0)], ofGroup: 1) }
        }
        try cluster.setLevels(["rack"])
        refuses("the levels are rack already", .badState) { try attempt { try $0.setLevels(["zone"]) } }
        refuses("level is 1; it must be in 0 ... 0") { try attempt { try $0.setDomain(1, of: 0, level: 1) } }
        refuses("domain is -2; it must be in 0 ... 2147483647, or -1 where none is known") {
            try attempt { try $0.setDomain(-2, of: 0, level: 0) }
        }
        refuses("rules[1]: level is 1; it must be in 0 ... 0, or -1 for the server") {
            try attempt { try $0.setRules([GroupRule(.together), GroupRule(.together, level: 1)], ofGroup: 1) }
        }
        refuses("rules[0]: count is 0; it must be in 1 ... 2147483647") {
            try attempt { try $0.setRules([GroupRule(.atMost, count: 0)], ofGroup: 1) }
        }
        refuses("group is 0, which stands for no group") {
            try attempt { try $0.setRules([GroupRule(.together)], ofGroup: 0) }
        }
        refuses("group 1 has 65 rules; at most 64 are allowed") {
            try attempt { try $0.setRules(Array(repeating: GroupRule(.together), count: 65), ofGroup: 1) }
        }
    }

    @Test func messagesSayWhatIsBroken() throws {
        var cluster = Cluster()
        try cluster.setLevels(["rack"])
        try cluster.addServers((0..<4).map { _ in Resources(cpu: 8, mem: 16) })
        for server in 0..<3 { try cluster.setDomain(server / 2, of: server, level: 0) }
        let request = Request(cpu: 1, mem: 1)
        func place(_ id: UInt64, _ group: UInt64, _ server: Int, _ cluster: inout Cluster) throws {
            try cluster.place(id, request, in: group, at: Placement(server: server, node: 0))
        }
        try cluster.setRules([GroupRule(.atMost)], ofGroup: 1)
        try cluster.setRules([GroupRule(.together, level: 0)], ofGroup: 2)
        try cluster.setRules([GroupRule(.spread, level: 0, count: 2)], ofGroup: 3)
        for group in 1...3 as ClosedRange<UInt64> { try place(group, group, 0, &cluster) }
        refuses("server 0 is not allowed: group 1 has 1 VMs in server 0; at most 1 may run there", .unavailableAction) {
            try place(9, 1, 0, &cluster)
        }
        refuses(
            "server 2 is not allowed: group 2 has 1 of its 1 VMs elsewhere than in rack 1; all must be in one rack",
            .unavailableAction
        ) { try place(9, 2, 2, &cluster) }
        refuses(
            "server 1 is not allowed: group 3 has 1 VMs in rack 0 and runs in 1 of the 2 domains of level rack that it must be in, "
                + "and another one has room",
            .unavailableAction
        ) { try place(9, 3, 1, &cluster) }
        refuses(
            "server 3 is not allowed: group 2 has a rule for the level rack, and that of server 3 is not known",
            .unavailableAction
        ) { try place(9, 2, 3, &cluster) }
        // Where no other rack could hold it, a rack in use is allowed.
        try cluster.cordon(2)
        try place(9, 3, 1, &cluster)
        // A VM may leave its own place to its rack.
        try cluster.move(2, to: Placement(server: 1, node: 1))
        refuses("server 0 is not allowed: group 1 has 1 VMs in server 0; at most 1 may run there", .unavailableAction) {
            try place(10, 1, 1, &cluster)
            try cluster.move(10, to: Placement(server: 0, node: 1))
        }
    }
}
