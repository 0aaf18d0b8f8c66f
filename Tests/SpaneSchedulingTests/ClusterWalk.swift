import SpaneScheduling
import SpaneTestSupport

/// A fleet and its naive double, to which the same random calls happen, valid ones and others.
struct ClusterWalk: ~Copyable {
    var cluster: Cluster
    var naive: NaiveCluster
    var generator: Xoshiro256StarStar
    let random: RandomFleet
    var refused = 0
    /// About how many servers there are, and a third of the VMs.
    let size: Int

    init(nodes: Int, _ generator: Xoshiro256StarStar) throws {
        var generator = generator
        try self.init(nodes: nodes, servers: generator.below(3), size: 5, generator)
    }

    init(nodes: Int, servers: Int, size: Int, _ generator: Xoshiro256StarStar) throws {
        var generator = generator
        let random = try RandomFleet(nodes: nodes, servers: servers, &generator)
        var cluster = Cluster(layout: random.layout, spanRule: random.spanRule)
        var naive = NaiveCluster(random.layout)
        let given = try cluster.addServers(random.typeOfServer, of: random.types)
        try check(naive.addServers(random.typeOfServer, random.types) == given)
        self.cluster = cluster
        self.naive = naive
        self.generator = generator
        self.random = random
        self.size = size
    }

    // MARK: Arguments

    private mutating func below(_ bound: Int) -> Int { generator.below(bound) }

    /// Mostly one that runs or once ran.
    private mutating func id() -> UInt64 { UInt64(below(3 * size - 1)) }

    /// Mostly one that is there.
    private mutating func server() -> Int { below(size + 2) - 1 }

    private mutating func ask() -> Ask {
        var ask = random.ask(&generator)
        if below(20) == 0 { ask.span = 1 + below(8) }
        return ask
    }

    /// Mostly nodes on which it has room.
    private mutating func nodes(_ server: Int, _ ask: Ask) -> UInt8 {
        let sets = below(4) > 0 ? naive.servers[server]?.sets(ask.plain(random.layout)) ?? [] : []
        if !sets.isEmpty { return sets[below(sets.count)] }
        return UInt8(below(below(8) == 0 ? 256 : 1 << random.layout.nodes))
    }

    private mutating func type() -> ServerType {
        var type = RandomFleet.type(random.layout, &generator)
        guard below(6) == 0 else { return type }
        switch below(6) {
        case 0: type.nodes = []
        case 1: type.nodes.append(contentsOf: Array(repeating: type.nodes[0], count: 8))
        case 2: type.nodes[0][below(type.nodes[0].count)] = [-1, .nan, 1e10][below(3)]
        case 3: type.shared.append(1)
        case 4: type.distances.append(10)
        default: for node in type.nodes.indices { type.nodes[node][0] = 1e-9 }
        }
        return type
    }

    // MARK: Steps

    /// Does one thing to both, and requires the same answer.
    mutating func step() throws {
        let refusal = below(4) > 0 ? try changeVM() : try changeServer()
        refused += refusal ? 1 : 0
    }

    private mutating func changeVM() throws -> Bool {
        let id = id()
        switch below(10) {
        case 0...2:
            let (ask, server) = (ask(), server())
            let nodes = nodes(server, ask)
            let expected = naive.place(id, ask, server, nodes)
            return try agree(expected) { cluster throws(SchedulingError) in
                try cluster.place(id, ask.request(cluster.state.layout), at: Self.placement(server, nodes))
            }
        case 3:
            let (ask, server) = (ask(), server())
            let nodes = nodes(server, ask)
            let expected = naive.record(id, ask, server, nodes)
            return try agree(expected) { cluster throws(SchedulingError) in
                try cluster.record(id, ask.request(cluster.state.layout), at: Self.placement(server, nodes))
            }
        case 4, 5:
            let (expected, given) = (naive.release(id), cluster.release(id))
            try check(given?.placement == expected.map { Self.placement($0.server, $0.nodes) })
            try check(given?.request == expected?.given)
            return given == nil
        case 6, 7:
            let known = naive.vms[id]
            let server = below(2) == 0 ? known?.server ?? 0 : server()
            let nodes = nodes(server, known?.ask ?? ask())
            let expected = naive.move(id, server, nodes)
            return try agree(expected) { cluster throws(SchedulingError) in
                try cluster.move(id, to: Self.placement(server, nodes))
            }
        case 8:
            var ask = ask()
            if let known = naive.vms[id], below(5) > 0 {
                ask.span = known.ask.span
                if below(3) == 0 { (ask.cpu, ask.mem) = (known.ask.cpu / 2, known.ask.mem) }
            }
            let expected = naive.resize(id, ask)
            return try agree(expected) { [ask] cluster throws(SchedulingError) in
                try cluster.resize(id, to: ask.request(cluster.state.layout))
            }
        default:
            let other = self.id()
            let expected = naive.rename(id, other)
            return try agree(expected) { cluster throws(SchedulingError) in try cluster.rename(id, to: other) }
        }
    }

    private mutating func changeServer() throws -> Bool {
        let server = server()
        switch below(12) {
        case 0, 1: return try addServers()
        case 2, 3:
            let expected = naive.removeServer(server)
            return try agree(expected) { cluster throws(SchedulingError) in try cluster.removeServer(server) }
        case 4:
            let expected = naive.failServer(server)
            var lost: [UInt64]?
            do { lost = try cluster.failServer(server) } catch { try check(error.code == .invalidArgument) }
            try check(lost == expected)
            return lost == nil
        case 5:
            let expected = naive.setCordoned(server, true)
            return try agree(expected) { cluster throws(SchedulingError) in try cluster.cordon(server) }
        case 6, 7:
            let expected = naive.setCordoned(server, false)
            return try agree(expected) { cluster throws(SchedulingError) in try cluster.uncordon(server) }
        case 8:
            let type = type()
            let expected = naive.resizeServer(server, type)
            return try agree(expected) { cluster throws(SchedulingError) in try cluster.resizeServer(server, to: type) }
        case 9:
            let free = Resources(
                cpu: [0, 1.1, 8, 8.1, -1e-9, .nan, 1e300][below(7)],
                mem: [0, 1.0 / 3, 12.77, 24, -1][below(5)]
            )
            let node = below(10) - 1
            let expected = naive.setFree(free, server, node)
            return try agree(expected) { cluster throws(SchedulingError) in
                try cluster.setFree(free, server: server, node: node)
            }
        case 10:
            // What happens to a copy does not happen to the original.
            var copy = cluster.copy()
            for id in copy.vmIDs { _ = copy.release(id) }
            while copy.serverCount > 0 { try copy.removeServer(copy.number(at: copy.serverCount / 2)) }
            if below(2) == 0 { cluster = cluster.copy() }
            return false
        default:
            cluster = try Cluster.restored(from: cluster.snapshot())
            return false
        }
    }

    private mutating func addServers() throws -> Bool {
        let count = naive.servers.count < size ? 1 + below(2) : 0
        let types = (0..<1 + below(2)).map { _ in type() }
        let typeOfServer = (0..<count).map { _ in Int32(below(8) == 0 ? below(4) - 1 : below(types.count)) }
        let expected = naive.addServers(typeOfServer, types)
        var given: [Int]?
        do { given = try cluster.addServers(typeOfServer, of: types) } catch {
            try check(error.code == .invalidArgument)
        }
        try check(given == expected)
        return given == nil
    }

    private static func placement(_ server: Int, _ nodes: UInt8) -> Placement {
        Placement(server: server, nodes: NodeSet(rawValue: nodes))
    }

    private mutating func agree(
        _ expected: SchedulingError.Code?,
        _ change: (inout Cluster) throws(SchedulingError) -> Void
    ) throws -> Bool {
        var code: SchedulingError.Code?
        do { try change(&cluster) } catch { code = error.code }
        try check(code == expected)
        return code != nil
    }
}
