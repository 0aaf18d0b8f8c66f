import SpaneScheduling
import Testing

/// A fleet whose VMs have groups, changed at random beside the referee.
struct GroupWalk: ~Copyable {
    static let groups: [UInt64] = [0, 1, 2, 3, 4, 5]

    var cluster: Cluster
    var referee = GroupReferee()
    var generator: Xoshiro256StarStar
    /// Whether changes are made that may break rules.
    let isLawless: Bool
    var refused = 0
    private var next: UInt64 = 1

    init(servers: Int, seed: UInt64, isLawless: Bool) throws {
        generator = Xoshiro256StarStar(seed: seed)
        self.isLawless = isLawless
        cluster = Cluster()
        try cluster.setLevels(["rack", "zone"])
        let numbers = try cluster.addServers((0..<servers).map { _ in Resources(cpu: 16, mem: 32) })
        for server in numbers { try setDomains(of: server) }
        for group in Self.groups where group > 0 { try setRules(of: group) }
    }

    private mutating func setDomains(of server: Int) throws {
        let rack = generator.below(6)
        for (level, domain) in [rack, rack / 3].enumerated() {
            // Of some servers a domain is not known.
            let isKnown = generator.below(8) > 0
            try cluster.setDomain(isKnown ? domain : -1, of: server, level: level)
            referee.domains[server, default: [:]][level] = isKnown ? domain : nil
        }
    }

    private mutating func setRules(of group: UInt64) throws {
        let rules = (0..<generator.below(4)).map { _ in
            GroupRule(
                GroupRule.Kind.allCases[generator.below(3)],
                level: generator.below(3) - 1,
                count: 1 + generator.below(3),
                isHard: generator.below(2) == 0
            )
        }
        try cluster.setRules(rules, ofGroup: group)
        referee.rules[group] = rules
    }

    mutating func request() -> Request {
        Request(cpu: Double(1 + generator.below(8)), mem: Double(1 + generator.below(16)), span: 1 + generator.below(2))
    }

    mutating func group() -> UInt64 { Self.groups[generator.below(Self.groups.count)] }

    private mutating func nodes(_ span: Int) -> NodeSet {
        span == 2 ? NodeSet(first: 2) : NodeSet(node: generator.below(2))
    }

    private mutating func anyVM() -> UInt64? {
        let ids = referee.vms.keys.sorted()
        return ids.isEmpty ? nil : ids[generator.below(ids.count)]
    }

    private mutating func anyServer() -> Int { cluster.number(at: generator.below(cluster.serverCount)) }

    /// Places a VM somewhere, allowed or not, and compares whether it was.
    mutating func place() throws {
        let (request, group, server) = (request(), group(), anyServer())
        let placement = Placement(server: server, nodes: nodes(request.span))
        let hasRoom = cluster.state.isAvailable(try cluster.inside(placement), for: request)
        let isAllowed = referee.violations(group, request, on: server, of: cluster) != nil
        next += 1
        do {
            try cluster.place(next, request, in: group, at: placement)
            try #require(hasRoom && isAllowed)
            referee.vms[next] = GroupReferee.VM(group: group, server: server)
        } catch let error as SchedulingError {
            try #require(error.code == .unavailableAction && !(hasRoom && isAllowed))
            if hasRoom {
                refused += 1
                try #require(error.description.contains("group \(group) "))
            }
        }
    }

    mutating func move() throws {
        guard let id = anyVM(), let (from, request) = cluster.find(id) else { return }
        let server = anyServer()
        let target = Placement(server: server, nodes: nodes(request.span))
        // What the VM leaves counts as free.
        var without = cluster.copy()
        _ = without.release(id)
        let isFree = without.state.isAvailable(try without.inside(target), for: request)
        let isAllowed = referee.allowsMove(of: id, to: server, request, without)
        do {
            try cluster.move(id, to: target)
            try #require(from == target || isFree && isAllowed)
            referee.vms[id]?.server = server
        } catch let error as SchedulingError {
            try #require(error.code == .unavailableAction && !(isFree && isAllowed))
            if isFree { refused += 1 }
        }
    }

    mutating func change() throws {
        switch generator.below(isLawless ? 12 : 8) {
        case 0...2: try place()
        case 3: try move()
        case 4:
            guard let id = anyVM() else { return }
            _ = cluster.release(id)
            referee.vms[id] = nil
        case 5:
            guard let id = anyVM() else { return }
            next += 1
            try cluster.rename(id, to: next)
            referee.vms[next] = referee.vms.removeValue(forKey: id)
        case 6:
            let server = anyServer()
            if generator.below(4) == 0 {
                for id in try cluster.failServer(server) { referee.vms[id] = nil }
            } else {
                try cluster.cordon(server)
            }
        case 7:
            for place in 0..<cluster.serverCount { try cluster.uncordon(cluster.number(at: place)) }
        case 8:
            let (request, group, server) = (request(), group(), anyServer())
            next += 1
            try cluster.record(next, request, in: group, at: Placement(server: server, nodes: nodes(request.span)))
            referee.vms[next] = GroupReferee.VM(group: group, server: server)
        case 9: try setDomains(of: anyServer())
        case 10:
            let group = group()
            if group > 0 { try setRules(of: group) }
        default: try changeServers()
        }
    }

    /// Removes an empty server, which lets another one change its place, or adds one, which has no domains.
    private mutating func changeServers() throws {
        guard cluster.trialDepth == 0 else { return }
        let server = anyServer()
        if cluster.serverCount > 4, try cluster.vmCount(on: server) == 0 {
            try cluster.removeServer(server)
            referee.domains[server] = nil
        } else {
            let added = try cluster.addServers([Resources(cpu: 16, mem: 32)])
            for server in added { try #require(referee.domains[server] == nil) }
        }
    }

    /// Compares what the rules say of every server, and where policies place.
    mutating func compare() throws {
        for group in Self.groups {
            let request = request()
            for place in 0..<cluster.serverCount {
                let server = cluster.number(at: place)
                let found = try cluster.violations(ofGroup: group, for: request, on: server)
                try #require(found == referee.violations(group, request, on: server, of: cluster))
            }
            try #require(cluster.vmCount(ofGroup: group) == (group == 0 ? 0 : members(of: group)))
        }
        for (id, vm) in referee.vms { try #require(cluster.group(of: id) == vm.group) }
    }

    private func members(of group: UInt64) -> Int { referee.vms.values.count { $0.group == group } }

    /// The placement of a policy, which is its choice among what the referee allows.
    mutating func decide(_ policy: inout some Policy, _ plain: inout some Policy) throws {
        let (request, group) = (request(), group())
        let found = policy.placement(for: request, in: group, on: cluster)
        var expected: Placement?
        for places in referee.steps(group, request, cluster) where expected == nil {
            expected = plain.placement(for: request, on: cluster.state, among: places.span)
        }
        try #require(found == expected)
        guard let found else { return }
        next += 1
        let outside = cluster.outside(found)
        try cluster.place(next, request, in: group, at: outside)
        referee.vms[next] = GroupReferee.VM(group: group, server: outside.server)
    }
}
