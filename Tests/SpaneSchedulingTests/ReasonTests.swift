import SpaneScheduling
import SpaneTestSupport
import Testing

/// Why a VM does not go to a server, against the definitions and by doing what the reasons ask for.
@Suite struct ReasonTests {
    /// Servers with random amounts left, some of them with more in use than they have.
    private func fleet(_ nodes: Int, _ generator: inout Xoshiro256StarStar) throws -> PlainCluster {
        var fleet = try PlainCluster(nodes: nodes, servers: 6, refusals: generator.below(12), &generator)
        for server in 0..<6 where generator.below(6) == 0 {
            let ask = fleet.random.ask(&generator)
            let request = ask.plain(fleet.random.layout)
            guard request.span <= fleet.servers[server].nodeCount else { continue }
            let set = UInt8((1 << request.span) - 1)
            fleet.servers[server].take(request, set)
            fleet.cluster.record(
                ask.request(fleet.random.layout),
                at: Placement(server: server, nodes: NodeSet(rawValue: set))
            )
        }
        return fleet
    }

    @Test(arguments: 1...Layout.mostNodes)
    func reasonsAreTrue(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 91)
        var seen: [ServerReason.Kind: Int] = [:]
        for round in 0..<120 {
            let fleet = try self.fleet(nodes, &generator)
            let layout = fleet.random.layout
            for _ in 0..<4 {
                var ask = fleet.random.ask(&generator)
                if generator.below(5) == 0 { ask.cpu *= 3 }
                for server in fleet.servers.indices {
                    let reason = fleet.cluster.reason(on: server, for: ask.request(layout))
                    seen[reason.kind, default: 0] += 1
                    let plain = PlainReason(fleet.servers[server], ask.plain(layout))
                    try #require(plain.accepts(reason) == nil, "\(reason), \(ask), server \(server), round \(round)")
                }
            }
        }
        // Neither groups nor reservations are known to the servers alone.
        let possible = Set(ServerReason.Kind.allCases).subtracting([.group, .reserved])
        for kind in possible.subtracting(nodes > 1 ? [] : [.tooFewNodes, .tooFar]) {
            #expect(seen[kind, default: 0] > 0, "\(kind)")
        }
    }

    /// A server that gets what it is short of holds the VM in the end, and nothing is missing twice.
    @Test(arguments: 1...Layout.mostNodes)
    func whatIsShortIsAllThatIsShort(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 92)
        var held = 0
        for round in 0..<60 {
            var fleet = try self.fleet(nodes, &generator)
            var ask = fleet.random.ask(&generator)
            // What is required and forbidden at once no server can have.
            ask.forbid &= ~ask.require
            let request = ask.request(fleet.random.layout)
            for server in fleet.servers.indices {
                var named: [ServerReason] = []
                while true {
                    let reason = fleet.cluster.reason(on: server, for: request)
                    let isNew = !named.contains {
                        ($0.kind, $0.resource, $0.node, $0.trait)
                            == (reason.kind, reason.resource, reason.node, reason.trait)
                    }
                    try #require(isNew, "\(reason) after \(named), round \(round)")
                    named.append(reason)
                    guard mend(reason, server, &fleet.cluster) else { break }
                }
                let last = try #require(named.last)
                #expect(last.kind == .fits || last.kind == .tooFewNodes || last.kind == .tooFar)
                if last.kind == .fits {
                    let placement = Placement(server: server, nodes: last.nodes)
                    let isAvailable = fleet.cluster.isAvailable(placement, for: request)
                    #expect(isAvailable)
                    held += named.count > 1 ? 1 : 0
                }
            }
        }
        #expect(held > 50)
    }

    /// Gives the server what it lacks; whether that can be.
    private func mend(_ reason: ServerReason, _ server: Int, _ cluster: inout ClusterState) -> Bool {
        let type = cluster.type(of: server)
        var (amounts, shared, traits) = (type.nodes, type.shared, type.traits)
        switch reason.kind {
        case .fits, .tooFewNodes, .tooFar, .group, .reserved: return false
        case .cordoned:
            cluster.uncordon(server)
            return true
        case .lacksTrait: traits |= 1 << UInt64(reason.trait ?? 0)
        case .hasForbiddenTrait: traits &= ~(1 << UInt64(reason.trait ?? 0))
        case .tooSmall, .noRoom:
            guard let resource = reason.resource else { return false }
            if let node = reason.node {
                amounts[node][resource] += reason.shortBy
            } else {
                shared[resource - cluster.layout.nodeResources.count] += reason.shortBy
            }
        }
        cluster.resize(
            server,
            to: ServerType(
                name: type.name,
                nodes: amounts,
                shared: shared,
                traits: traits,
                distances: type.distances
            )
        )
        return true
    }
}

/// The reasons that the definitions allow for a server.
struct PlainReason {
    private let server: PlainServer
    private let request: PlainRequest
    // All sets of as many nodes as are asked for.
    private let sets: [UInt8]

    init(_ server: PlainServer, _ request: PlainRequest) {
        (self.server, self.request) = (server, request)
        sets = (0..<UInt16(1) << UInt16(server.nodeCount)).map { UInt8($0) }
            .filter { $0.nonzeroBitCount == request.span }
    }

    private struct Lack {
        var node: Int?
        var resource: Int
        var amount: Int
        var share: Double
    }

    /// What is wrong with a reason, or `nil`.
    func accepts(_ reason: ServerReason) -> String? {
        let expected = kind
        guard reason.kind == expected else { return "it is \(expected)" }
        switch reason.kind {
        case .fits: return server.sets(request).contains(reason.nodes.rawValue) ? nil : "no room on the nodes"
        case .cordoned: return nil
        case .group: return "there are no groups"
        case .reserved: return "there are no reservations"
        case .lacksTrait:
            return reason.trait == (request.require & ~server.traits).trailingZeroBitCount ? nil : "trait"
        case .hasForbiddenTrait:
            return reason.trait == (request.forbid & server.traits).trailingZeroBitCount ? nil : "trait"
        case .tooFewNodes: return reason.shortBy == Double(request.span - server.nodeCount) ? nil : "count"
        case .tooFar:
            let far = sets.filter { anywhere($0) }
            let farthest = (far.isEmpty ? sets : far).map { server.farthest($0) }.min() ?? 0
            guard server.farthest(reason.nodes.rawValue) == farthest else { return "nearer nodes" }
            return reason.shortBy == Double(farthest - request.farthest) ? nil : "distance"
        case .tooSmall: return check(reason, sets.filter { isNear($0) }, ofCapacity: true)
        case .noRoom: return check(reason, sets.filter { isNear($0) && couldHold($0) }, ofCapacity: false)
        }
    }

    private var kind: ServerReason.Kind {
        if server.isCordoned { return .cordoned }
        if request.require & ~server.traits != 0 { return .lacksTrait }
        if request.forbid & server.traits != 0 { return .hasForbiddenTrait }
        if request.span > server.nodeCount { return .tooFewNodes }
        if !server.sets(request).isEmpty { return .fits }
        let near = sets.filter { isNear($0) }
        if near.isEmpty || sets.contains(where: { anywhere($0) }) { return .tooFar }
        return near.contains { couldHold($0) } ? .noRoom : .tooSmall
    }

    private func isNear(_ set: UInt8) -> Bool { server.farthest(set) <= request.farthest }

    /// Whether a set has the room, however far its nodes are from each other.
    private func anywhere(_ set: UInt8) -> Bool { lacks(set, ofCapacity: false).isEmpty }

    private func couldHold(_ set: UInt8) -> Bool { lacks(set, ofCapacity: true).isEmpty }

    private func lacks(_ set: UInt8, ofCapacity: Bool) -> [Lack] {
        var lacks: [Lack] = []
        for node in PlainServer.nodes(set) {
            let (has, all) = (ofCapacity ? server.capacity[node] : server.free[node], server.capacity[node])
            for (resource, demand) in request.share.enumerated() where demand > 0 {
                let amount = demand - has[resource]
                guard amount > 0 else { continue }
                let share = Double(amount) / Double(max(1, all[resource]))
                lacks.append(Lack(node: node, resource: resource, amount: amount, share: share))
            }
        }
        let (has, all) = (ofCapacity ? server.sharedCapacity : server.sharedFree, server.sharedCapacity)
        for (resource, demand) in request.shared.enumerated() where demand > 0 && demand > has[resource] {
            let amount = demand - has[resource]
            let share = Double(amount) / Double(max(1, all[resource]))
            lacks.append(Lack(resource: request.share.count + resource, amount: amount, share: share))
        }
        return lacks
    }

    /// Whether the nodes are those that lack least, and what is named the most of it.
    private func check(_ reason: ServerReason, _ sets: [UInt8], ofCapacity: Bool) -> String? {
        guard sets.contains(reason.nodes.rawValue) else { return "nodes" }
        let least = sets.map { sum($0, ofCapacity) }.min() ?? 0
        guard sum(reason.nodes.rawValue, ofCapacity) <= least * (1 + 1e-12) else { return "others lack less" }
        let named = lacks(reason.nodes.rawValue, ofCapacity: ofCapacity)
        let most = named.map(\.share).max() ?? 0
        let isNamed = named.contains {
            $0.share == most && $0.node == reason.node && $0.resource == reason.resource
                && Steps.amount($0.amount) == reason.shortBy
        }
        return isNamed ? nil : "\(named)"
    }

    private func sum(_ set: UInt8, _ ofCapacity: Bool) -> Double {
        lacks(set, ofCapacity: ofCapacity).reduce(0) { $0 + $1.share }
    }

    /// How short the server is, those that are too small last; `nil` where amounts are not what keeps the VM away.
    var shortage: (isTooSmall: Bool, sum: Double)? {
        switch kind {
        case .noRoom: (false, sets.filter { isNear($0) && couldHold($0) }.map { sum($0, false) }.min() ?? 0)
        case .tooSmall: (true, sets.filter { isNear($0) }.map { sum($0, true) }.min() ?? 0)
        default: nil
        }
    }
}
