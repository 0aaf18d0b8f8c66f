import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport

/// A fleet in which nothing waits, written down a second time: what is left is worked out from the list of running VMs, and First
/// Fit is read off its definition.
struct NaiveLoss {
    let vms: [VirtualMachine]
    let requests: [PlainRequest]
    let empty: [PlainServer]

    init(_ vms: [VirtualMachine], _ fleet: RandomFleet, _ empty: [PlainServer]) {
        self.vms = vms
        requests = vms.map { fleet.ask(of: $0).plain(fleet.layout) }
        self.empty = empty
    }

    /// A VM that asks for a place, for how long, and whether it gets one.
    struct Offer {
        let vm: Int
        let lifetime: Double
        let isPlaced: Bool
    }

    /// The VMs that First Fit refuses, and the servers before each decision.
    func firstFit(_ range: Range<Int>) -> (refused: [Int], before: [[PlainServer]]) {
        let (offers, before) = firstFit(range, outages: [])
        return (offers.filter { !$0.isPlaced }.map(\.vm), before)
    }

    /// What First Fit decides, while outages take servers away, and the servers before each decision.
    func firstFit(_ range: Range<Int>, outages: [Outage]) -> (offers: [Offer], before: [[PlainServer]]) {
        var running: [(vm: Int, end: Double, server: Int, set: UInt8)] = []
        var offers: [Offer] = []
        var before: [[PlainServer]] = []
        var begun: Set<Int> = []
        func isAway(_ server: Int, _ time: Double) -> Bool {
            outages.indices.contains { begun.contains($0) && outages[$0].server == server && outages[$0].end > time }
        }
        func offer(_ vm: Int, at time: Double, until end: Double) {
            running.removeAll { $0.end <= time }
            var servers = empty
            for other in running { servers[other.server].take(requests[other.vm], other.set) }
            before.append(servers)
            let place = Self.first(requests[vm], servers) { !isAway($0, time) }
            if let (server, set) = place { running.append((vm, end, server, set)) }
            offers.append(Offer(vm: vm, lifetime: end - time, isPlaced: place != nil))
        }
        for vm in range {
            let arrival = vms[vm].arrival
            let due = outages.indices.filter { !begun.contains($0) && outages[$0].start <= arrival }
            for index in due.sorted(by: {
                (outages[$0].start, outages[$0].server) < (outages[$1].start, outages[$1].server)
            }) {
                let outage = outages[index]
                begun.insert(index)
                guard outage.isFailure else { continue }
                let lost = running.filter { $0.server == outage.server && $0.end > outage.start }
                running.removeAll { $0.server == outage.server }
                for one in lost.sorted(by: { $0.vm < $1.vm }) { offer(one.vm, at: outage.start, until: one.end) }
            }
            offer(vm, at: arrival, until: arrival + vms[vm].lifetime)
        }
        return (offers, before)
    }

    /// The first server with room, there the nodes that are nearest to each other, of those the lowest.
    static func first(
        _ request: PlainRequest,
        _ servers: [PlainServer],
        where isThere: (Int) -> Bool = { _ in true }
    ) -> (Int, UInt8)? {
        for (index, server) in servers.enumerated() where isThere(index) {
            let sets = server.sets(request)
            guard let set = sets.min(by: { (server.totalDistance($0), $0) < (server.totalDistance($1), $1) }) else {
                continue
            }
            return (index, set)
        }
        return nil
    }
}

/// The metrics of the fleet from their definitions.
struct NaiveMetrics {
    let servers: [PlainServer]
    /// All VMs of the trace, by flavor; and what a VM of each flavor asks for.
    let mix: [Int]
    let requests: [PlainRequest]
    /// The servers once VMs of the mix were added until none fits.
    private let filled: [PlainServer]

    init(servers: [PlainServer], mix: [Int], requests: [PlainRequest]) {
        (self.servers, self.mix, self.requests) = (servers, mix, requests)
        filled = Self.fill(servers, mix, requests)
    }

    private func sum(_ resource: Int, _ amounts: KeyPath<PlainServer, [[Int]]>, of servers: [PlainServer]) -> Double {
        Double(servers.reduce(0) { $0 + $1[keyPath: amounts].reduce(0) { $0 + $1[resource] } })
    }

    private var used: [PlainServer] { servers.filter { $0.free != $0.capacity } }

    func value(_ name: String) -> Double? {
        let cores = sum(0, \.capacity, of: servers)
        switch name {
        case "used_cores":
            return 1 - sum(0, \.free, of: servers) / cores
        case "empty_servers":
            return Double(servers.count - used.count) / Double(servers.count)
        case "packing_density":
            if used.isEmpty { return nil }
            return (0...1).map { 1 - sum($0, \.free, of: used) / sum($0, \.capacity, of: used) }.max()
        case "fragment_rate":
            let free = servers.flatMap { $0.free.map { $0[0] } }
            if free.allSatisfy({ $0 == 0 }) { return nil }
            return Double(free.reduce(0) { $0 + $1 % 16_000_000 }) / Double(free.reduce(0, +))
        case "stranded_cores":
            return sum(0, \.free, of: filled) / cores
        case "stranded_memory":
            return sum(1, \.free, of: filled) / sum(1, \.capacity, of: servers)
        case "room_for_mix":
            var sum = 0.0
            for flavor in mix { sum += Double(room(requests[flavor]) * requests[flavor].cores) / cores }
            return sum / Double(mix.count)
        default:
            return nil
        }
    }

    /// How many more fit, of a request that limits no distances: always on the nodes that hold most of them.
    func room(_ request: PlainRequest) -> Int {
        servers.reduce(0) { sum, server in
            var server = server
            var count = 0
            while server.serverHasRoom(request) {
                let shares = (0..<server.nodeCount).map { node in
                    request.share.indices.filter { request.share[$0] > 0 }
                        .map { server.free[node][$0] / request.share[$0] }.min() ?? 0
                }
                let best = shares.indices.sorted { shares[$0] > shares[$1] }.prefix(request.span)
                guard best.count == request.span, best.allSatisfy({ shares[$0] > 0 }) else { break }
                server.take(request, best.reduce(0) { $0 | 1 << UInt8($1) })
                count += 1
            }
            return sum + count
        }
    }

    private static func fill(_ servers: [PlainServer], _ mix: [Int], _ requests: [PlainRequest]) -> [PlainServer] {
        var servers = servers
        var generator = Xoshiro256StarStar(seed: 1)
        var pool = mix
        var isOut = Set<Int>()
        while pool.contains(where: { !isOut.contains($0) }) {
            let flavor = pool[generator.below(pool.count)]
            if isOut.contains(flavor) { continue }
            if let (server, set) = NaiveLoss.first(requests[flavor], servers) {
                servers[server].take(requests[flavor], set)
            } else {
                isOut.insert(flavor)
                let left = pool.filter { !isOut.contains($0) }
                if 2 * left.count < pool.count { pool = left }
            }
        }
        return servers
    }
}
