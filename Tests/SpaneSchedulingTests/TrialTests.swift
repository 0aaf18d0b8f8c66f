import SpaneScheduling
import SpaneTestSupport
import Testing

/// Trials: changes that are taken back.
@Suite struct TrialTests {
    /// Everything that the outside can see of a fleet.
    private func view(_ cluster: borrowing Cluster) throws -> String {
        var lines: [String] = []
        for server in 0..<cluster.serverCount {
            let nodes = 0..<cluster.state.nodeCount(of: server)
            let free = nodes.map { "\(cluster.state.free(server: server, node: $0))" }.joined(separator: " ")
            let used = try nodes.map { try cluster.used(server: server, node: $0, resource: 0) }
            lines.append("\(server) \(cluster.state.isCordoned(server)) \(free) \(used) \(try cluster.vms(on: server))")
        }
        for id in cluster.vmIDs {
            guard let (placement, request) = cluster.find(id) else { continue }
            let end = cluster.expiry(of: id) ?? .infinity
            lines.append("\(id) \(placement) \(request.cpu) \(request.mem) \(request.span) \(end)")
        }
        return lines.joined(separator: "\n")
    }

    private func fleet() throws -> Cluster {
        var cluster = Cluster()
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 40, mem: 90), count: 6))
        return cluster
    }

    /// A change of some kind, which may be refused.
    private func change(_ cluster: inout Cluster, _ generator: inout Xoshiro256StarStar) {
        let id = generator.next() % 40
        let server = Int(generator.next() % 6)
        let node = NodeSet(rawValue: generator.next() % 2 == 0 ? 1 : 2)
        let size = Double(1 + generator.next() % 12)
        let request = Request(cpu: size, mem: size / 2, span: 1)
        switch generator.next() % 12 {
        case 0, 1: try? cluster.place(id, request, at: Placement(server: server, nodes: node))
        case 2: try? cluster.record(id, request, at: Placement(server: server, nodes: node))
        case 3: _ = cluster.release(id)
        case 4: try? cluster.move(id, to: Placement(server: server, nodes: node))
        case 5: try? cluster.resize(id, to: request)
        case 6: try? cluster.rename(id, to: id + 1)
        case 9: try? cluster.place(id, request, at: Placement(server: server, nodes: node), until: size)
        case 10: try? cluster.setExpiry(generator.next() % 3 == 0 ? nil : size, of: id)
        case 11: _ = cluster.expire(now: size / 4)
        case 7:
            if generator.next() % 2 == 0 { try? cluster.cordon(server) } else { try? cluster.uncordon(server) }
        default:
            if generator.next() % 4 == 0 {
                _ = try? cluster.failServer(server)
            } else {
                try? cluster.setFree(Resources(cpu: size, mem: size), server: server, node: Int(node.rawValue) - 1)
            }
        }
    }

    @Test func leavesNothingBehind() throws {
        var generator = Xoshiro256StarStar(seed: 5)
        var cluster = try fleet()
        var plain = try fleet()
        for round in 0..<300 {
            // Outside of trials both fleets change alike.
            for _ in 0..<6 {
                var same = generator
                change(&plain, &same)
                change(&cluster, &generator)
            }
            let before = try view(cluster)
            #expect(try before == view(plain))
            cluster.beginTrial()
            for _ in 0..<10 { change(&cluster, &generator) }
            if round % 3 == 0 {
                let within = try view(cluster)
                cluster.beginTrial()
                #expect(cluster.trialDepth == 2)
                for _ in 0..<10 { change(&cluster, &generator) }
                if round % 2 == 0 {
                    try cluster.dropTrial()
                    #expect(try view(cluster) == within)
                } else {
                    try cluster.keepTrial()
                }
            }
            try cluster.dropTrial()
            #expect(try view(cluster) == before)
        }
        #expect(cluster.vmCount > 5)
    }

    @Test func keepsWhatIsToBeKept() throws {
        var cluster = try fleet()
        try cluster.place(1, Request(cpu: 4, mem: 8, span: 1), at: Placement(server: 0, nodes: NodeSet(rawValue: 1)))
        cluster.beginTrial()
        cluster.beginTrial()
        try cluster.move(1, to: Placement(server: 3, nodes: NodeSet(rawValue: 2)))
        try cluster.keepTrial()
        try cluster.cordon(5)
        try cluster.keepTrial()
        #expect(cluster.find(1)?.placement.server == 3)
        let isCordoned = cluster.state.isCordoned(5)
        #expect(isCordoned)
        // A copy has the trials of its own.
        cluster.beginTrial()
        _ = cluster.release(1)
        var copy = cluster.copy()
        try cluster.keepTrial()
        try copy.dropTrial()
        #expect(cluster.find(1) == nil)
        #expect(copy.find(1)?.placement.server == 3)
    }

    @Test func refusesWhatCannotBeTakenBack() throws {
        var cluster = try fleet()
        #expect(throws: SchedulingError.self) { try cluster.dropTrial() }
        #expect(throws: SchedulingError.self) { try cluster.keepTrial() }
        cluster.beginTrial()
        #expect(throws: SchedulingError.self) { try cluster.removeServer(0) }
        #expect(throws: SchedulingError.self) { try cluster.addServers([Resources(cpu: 4, mem: 9)]) }
        do {
            try cluster.removeServer(0)
            Issue.record("a server was removed in a trial")
        } catch {
            #expect(error.code == .badState)
            #expect("\(error)".contains("a trial is open"))
        }
        try cluster.dropTrial()
        try cluster.removeServer(0)
        #expect(cluster.serverCount == 5)
    }
}
