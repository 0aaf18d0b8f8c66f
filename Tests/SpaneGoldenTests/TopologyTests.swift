import SpaneScheduling
import Testing

/// A production fleet: what 1,710 servers have free on their two NUMA nodes, and three lots of requests with their spans.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct TopologyTests {
    static let servers = Result { try Reference.table("topology/servers.csv", columns: 5) }

    /// A server of each row; nodes of which nothing is free have nothing.
    static func makeCluster() throws -> ClusterState {
        let rows = try servers.get()
        try #require(rows.count == 1710)
        return ClusterState(
            try Fleet(
                layout: .published,
                types: rows.map { ServerType(nodes: [[$0[1], $0[2]], [$0[3], $0[4]]]) },
                typeOfServer: rows.indices.map { Int32($0) }
            )
        )
    }

    static func requests(_ lot: Int) throws -> [Request] {
        let rows = try Reference.table("topology/requests-\(lot).csv", columns: 4)
        try #require(rows.count == 4998)
        return rows.map { Request(cpu: $0[1], mem: $0[2], span: Int($0[3])) }
    }

    /// A VM of 32 cores and 64 GB over both nodes.
    static let large = Request(cpu: 32, mem: 64, span: 2)

    /// Places what fits, and counts what does not.
    private func refusals(of lot: Int, _ cluster: inout ClusterState, _ policy: inout some Policy) throws -> Int {
        var refused = 0
        for request in try Self.requests(lot) {
            if let placement = policy.placement(for: request, on: cluster) {
                cluster.place(request, at: placement)
            } else {
                refused += 1
            }
        }
        return refused
    }

    @Test(arguments: [(1, 254), (2, 337), (3, 166)])
    func firstFitRefusesNothing(lot: Int, room: Int) throws {
        var cluster = try Self.makeCluster()
        #expect(cluster.room(for: Self.large) == 1780)
        var policy = FirstFit()
        #expect(try refusals(of: lot, &cluster, &policy) == 0)
        #expect(cluster.room(for: Self.large) == room)
    }

    /// Filling up the fuller nodes leaves no server with room on both.
    @Test(arguments: [(1, 11), (2, 62), (3, 64)])
    func bestFitByNodeRefusesSome(lot: Int, refused: Int) throws {
        var cluster = try Self.makeCluster()
        var policy = FewestCoresLeft()
        #expect(try refusals(of: lot, &cluster, &policy) == refused)
    }
}

/// The nodes on which fewest cores are left after the placement; of those a node 0 before a node 1, then the lowest server.
private struct FewestCoresLeft: Policy {
    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var best: (left: Double, node: Int, placement: Placement)?
        for server in 0..<cluster.serverCount {
            let room = cluster.nodesWithRoom(on: server, for: request)
            room.forEachSubset(of: request.span) { nodes in
                var left = 0.0
                nodes.forEach { left += cluster.free(server: server, node: $0).cpu - request.demandPerNode.cpu }
                if let best, (best.left, best.node) <= (left, nodes.first) { return }
                best = (left, nodes.first, Placement(server: server, nodes: nodes))
            }
        }
        return best?.placement
    }
}
