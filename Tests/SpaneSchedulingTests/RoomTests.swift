import SpaneScheduling
import SpaneTestSupport
import Testing

/// How many VMs of a size still fit, against a search over all ways to place them.
@Suite struct RoomTests {
    /// The most VMs that fit on a server, whatever nodes are chosen: every way is tried, equal states once.
    struct Search {
        let sets: [UInt8]
        let request: PlainRequest
        private var known: [[[Int]]: Int] = [:]

        init(_ server: PlainServer, _ request: PlainRequest) {
            self.request = request
            sets = (0...255).map { UInt8($0) }.filter { server.allows($0, request) }
        }

        mutating func most(_ server: PlainServer) -> Int {
            let key = server.free + [server.sharedFree]
            if let most = known[key] { return most }
            var most = 0
            for set in sets where server.allows(set, request) {
                var next = server
                next.take(request, set)
                most = max(most, 1 + self.most(next))
            }
            known[key] = most
            return most
        }
    }

    /// A server whose nodes hold a few shares each.
    private func server(
        _ layout: Layout,
        _ request: PlainRequest,
        _ generator: inout Xoshiro256StarStar
    ) throws -> ServerType {
        var type = RandomFleet.type(layout, &generator)
        let most = [0, 12, 8, 6, 4, 3, 2, 2, 2][type.nodes.count]
        for node in type.nodes.indices {
            for resource in request.share.indices {
                // Some of it is left over.
                let steps = request.share[resource] * generator.below(most + 1) + generator.below(2) * 7
                type.nodes[node][resource] = Steps.amount(steps)
            }
        }
        type.nodes[0][0] = max(type.nodes[0][0], 0.1)
        type.nodes[0][1] = max(type.nodes[0][1], 0.1)
        return type
    }

    @Test(arguments: 1...Layout.mostNodes)
    func itIsWhatASearchFinds(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 41)
        var (positive, limited) = (0, 0)
        for _ in 0..<150 {
            let random = try RandomFleet(nodes: nodes, servers: 1, &generator)
            var ask = random.ask(&generator)
            if generator.below(2) == 0 { (ask.extras, ask.require, ask.forbid) = ([], 0, 0) }
            let (request, plain) = (ask.request(random.layout), ask.plain(random.layout))
            let type = try server(random.layout, plain, &generator)
            let cluster = ClusterState(
                try Fleet(layout: random.layout, types: [type], typeOfServer: [0])
            )
            let empty = PlainServer(type)
            var search = Search(empty, plain)
            let most = search.most(empty)
            let room = cluster.room(for: request, on: 0)
            positive += most > 1 ? 1 : 0
            if ask.farthest < .max, ask.span > 2 {
                // A number that certainly fits, and at least one where one fits.
                limited += 1
                try #require(room <= most && (room > 0) == (most > 0), "\(ask) \(type)")
                if Self.fallIntoGroups(empty, plain) { try #require(room == most) }
            } else {
                try #require(room == most, "\(ask) \(type)")
            }
        }
        #expect(positive > 20)
        #expect(nodes < 3 || limited > 5)
    }

    /// Whether nearness among the nodes that hold a share is transitive.
    private static func fallIntoGroups(_ server: PlainServer, _ request: PlainRequest) -> Bool {
        let nodes = (0..<server.nodeCount).filter { server.nodesHaveRoom(1 << UInt8($0), request) }
        func areNear(_ a: Int, _ b: Int) -> Bool { server.farthest(1 << UInt8(a) | 1 << UInt8(b)) <= request.farthest }
        return nodes.allSatisfy { a in
            nodes.allSatisfy { b in nodes.allSatisfy { c in !areNear(a, b) || !areNear(b, c) || areNear(a, c) } }
        }
    }

    @Test func serversAddUp() throws {
        var generator = Xoshiro256StarStar(seed: 42)
        var sum = 0
        for round in 0..<200 {
            let fleet = try PlainCluster(nodes: 1 + round % 8, servers: 4, refusals: 4, &generator)
            let request = fleet.random.ask(&generator).request(fleet.random.layout)
            let each = (0..<4).map { fleet.cluster.room(for: request, on: $0) }
            #expect(fleet.cluster.room(for: request) == each.reduce(0, +))
            let some: [Int32] = [1, 3]
            #expect(fleet.cluster.room(for: request, among: some.span) == each[1] + each[3])
            for server in 0..<4 where fleet.cluster.isCordoned(server) { #expect(each[server] == 0) }
            sum += each[0]
        }
        #expect(sum > 100)
    }

    /// Six shares on one node and one on each of two others: the large node is in both VMs, and then nothing is left beside it.
    @Test func oneLargeNodeCannotMakeUpForOthers() throws {
        let type = ServerType(nodes: [[6, 6], [1, 1], [1, 1]])
        let layout = try Layout(nodes: 3)
        let cluster = ClusterState(try Fleet(layout: layout, types: [type], typeOfServer: [0, 0]))
        #expect(cluster.room(for: Request(cpu: 2, mem: 2, span: 2), on: 0) == 2)
        #expect(cluster.room(for: Request(cpu: 1, mem: 1)) == 16)
        #expect(cluster.room(for: Request(cpu: 3, mem: 3, span: 3)) == 2)
        #expect(cluster.room(for: Request(cpu: 4, mem: 4, span: 4)) == 0)
    }
}
