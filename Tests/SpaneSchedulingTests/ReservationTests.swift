import SpaneScheduling
import SpaneTestSupport
import Testing

/// Reservations: placed VMs whose places end.
@Suite struct ReservationTests {
    private func fleet(_ servers: Int = 5) throws -> Cluster {
        var cluster = Cluster()
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 20, mem: 40), count: servers))
        return cluster
    }

    private static func order(_ ends: [UInt64: Double], by now: Double = .infinity) -> [UInt64] {
        ends.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    /// Everything that can happen to reservations, beside a dictionary of their ends.
    @Test func endWhenTheySay() throws {
        var generator = Xoshiro256StarStar(seed: 21)
        var cluster = try fleet()
        var ends: [UInt64: Double] = [:]
        var now = 0.0
        var expired = 0
        for _ in 0..<20_000 {
            let (id, other) = (generator.next() % 60, generator.next() % 60)
            // Often equal ends.
            let end = now + Double(generator.next() % 20)
            let place = Placement(server: Int(generator.next() % 5), nodes: NodeSet(node: Int(generator.next() % 2)))
            switch generator.next() % 8 {
            case 0..<3:
                let isReserved = generator.next() % 4 > 0
                let request = Request(cpu: 1, mem: 1, span: 1)
                guard (try? cluster.place(id, request, at: place, until: isReserved ? end : nil)) != nil else { break }
                ends[id] = isReserved ? end : nil
            case 3:
                let (isThere, stays) = (cluster.find(id) != nil, generator.next() % 2 == 0)
                if isThere {
                    try cluster.setExpiry(stays ? nil : end, of: id)
                    ends[id] = stays ? nil : end
                } else {
                    #expect(throws: SchedulingError.self) { try cluster.setExpiry(end, of: id) }
                }
            case 4:
                _ = cluster.release(id)
                ends[id] = nil
            case 5:
                guard (try? cluster.rename(id, to: other)) != nil, id != other else { break }
                ends[other] = ends.removeValue(forKey: id)
            case 6:
                try? cluster.move(id, to: place)
            default:
                if generator.next() % 16 == 0 {
                    for id in try cluster.failServer(place.server) { ends[id] = nil }
                    try cluster.uncordon(place.server)
                }
                now += 1
                let before = cluster.vmCount
                let gone = cluster.expire(now: now)
                #expect(gone == Self.order(ends, by: now))
                #expect(cluster.vmCount == before - gone.count)
                for id in gone { ends[id] = nil }
                expired += gone.count
            }
            #expect(cluster.reservationCount == ends.count)
            #expect(cluster.expiry(of: id) == ends[id])
        }
        #expect(expired > 1000)
        #expect(cluster.reservedVMs.map(\.id) == Self.order(ends))
        #expect(cluster.reservedVMs.map(\.expires) == Self.order(ends).map { ends[$0] })
        let copy = cluster.copy()
        #expect(copy.reservedVMs.map(\.id) == Self.order(ends))
        #expect(cluster.expire(now: .infinity) == Self.order(ends))
        #expect(cluster.reservationCount == 0 && copy.reservationCount == ends.count)
    }

    @Test func refuseWhatIsNoTime() throws {
        var cluster = try fleet()
        let place = Placement(server: 0, nodes: NodeSet(node: 0))
        let request = Request(cpu: 1, mem: 1, span: 1)
        for end in [Double.nan, .infinity, -.infinity] {
            #expect(throws: SchedulingError.self) { try cluster.place(1, request, at: place, until: end) }
            #expect(cluster.vmCount == 0)
        }
        try cluster.place(1, request, at: place)
        #expect(throws: SchedulingError.self) { try cluster.setExpiry(.nan, of: 1) }
        try cluster.setExpiry(-5, of: 1)
        #expect(cluster.expired(by: -6).isEmpty && cluster.expired(by: -5) == [1])
    }

    /// What is reserved is in use, and an explanation says where it is in the way.
    @Test func areInTheWayAndSaySo() throws {
        var generator = Xoshiro256StarStar(seed: 4)
        for _ in 0..<200 {
            var cluster = try fleet(3)
            var free = cluster.copy()
            for id in 0..<12 as Range<UInt64> {
                let server = Int(generator.next() % 3)
                let size = Double(2 + generator.next() % 9)
                let isReserved = generator.next() % 2 == 0
                let isSplit = generator.next() % 4 == 0
                let request = Request(cpu: size * (isSplit ? 2 : 1), mem: size, span: isSplit ? 2 : 1)
                let nodes = isSplit ? NodeSet(first: 2) : NodeSet(node: Int(generator.next() % 2))
                let place = Placement(server: server, nodes: nodes)
                guard (try? cluster.place(id, request, at: place, until: isReserved ? 9 : nil)) != nil else { continue }
                if !isReserved { try free.place(id, request, at: place) }
            }
            let request = Request(cpu: Double(4 + generator.next() % 14), mem: 4, span: 1)
            var reserved = 0
            for server in 0..<3 {
                let reason = cluster.reason(on: server, for: request, nil)
                let isPlain = cluster.state.reason(on: server, for: request).kind
                let without = free.state.reason(on: server, for: request).kind
                let expected: ServerReason.Kind = isPlain == .noRoom && without == .fits ? .reserved : isPlain
                #expect(reason.kind == expected)
                reserved += expected == .reserved ? 1 : 0
            }
            let told = cluster.explain(request, by: BestFit())
            #expect((told.excluded.first { $0.kind == .reserved }?.count ?? 0) == reserved)
            #expect(
                told.description.contains("without what is reserved there")
                    == (reserved > 0 && told.nearest.contains { $0.reason.kind == .reserved })
            )
        }
    }

    /// Plans leave them where others have been told that they are.
    @Test func stayWhereTheyAreInPlans() throws {
        var cluster = try fleet(2)
        let small = Request(cpu: 10, mem: 4, span: 1)
        for (id, node) in [(1, 0), (2, 1)] as [(UInt64, Int)] {
            try cluster.place(id, small, at: Placement(server: 0, nodes: NodeSet(node: node)), until: id == 1 ? 5 : nil)
        }
        let planner = try MovePlanner(for: cluster)
        let plan = try planner.drain(0, on: cluster)
        #expect(plan.moves.map(\.vm) == [2])
        #expect(plan.stuck == [1])
        try cluster.setExpiry(nil, of: 1)
        #expect(try planner.drain(0, on: cluster).stuck.isEmpty)
    }
}
