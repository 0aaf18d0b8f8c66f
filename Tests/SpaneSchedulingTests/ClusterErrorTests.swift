import SpaneScheduling
import SpaneTestSupport
import Testing

/// Calls of a fleet that make no sense: an error that says so, and nothing changes.
@Suite struct ClusterErrorTests {
    /// Two servers of three and of two nodes with GPUs, on the first of which a VM runs.
    private func makeCluster() throws -> Cluster {
        let layout = try Layout(nodes: 3, nodeResources: ["gpu"], serverResources: ["disk"])
        var cluster = Cluster(layout: layout)
        let types = [
            ServerType(nodes: Array(repeating: [8, 16, 2], count: 3), shared: [100]),
            ServerType(nodes: Array(repeating: [4, 8, 1], count: 2), shared: [50]),
        ]
        try cluster.addServers([0, 1], of: types)
        let request = layout.request(cpu: 3, mem: 4, span: 2, extras: [1, 10])
        try cluster.place(7, request, at: Placement(server: 0, nodes: NodeSet(rawValue: 0b101)))
        return cluster
    }

    private func refuses(
        _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Cluster) throws(SchedulingError) -> Void
    ) throws {
        var cluster = try makeCluster()
        do {
            try body(&cluster)
            Issue.record("no error", sourceLocation: sourceLocation)
        } catch {
            let expected = SchedulingError(.invalidArgument, message)
            #expect(error == expected, sourceLocation: sourceLocation)
        }
        let (free, ids) = (cluster.state.free(server: 0, node: 0), cluster.vmIDs)
        #expect(free == Resources(cpu: 6.5, mem: 14), sourceLocation: sourceLocation)
        #expect(ids == [7], sourceLocation: sourceLocation)
    }

    // MARK: Indices

    @Test func whatIsUsed() throws {
        let cluster = try makeCluster()
        let used = try (0..<3).map { node in try (0..<3).map { try cluster.used(server: 0, node: node, resource: $0) } }
        #expect(used == [[1.5, 2, 0.5], [0, 0, 0], [1.5, 2, 0.5]])
    }

    @Test func nodesAndResourcesThatAreNotThere() throws {
        for (server, node) in [(0, 3), (0, -1), (1, 2), (1, .max), (0, .min)] {
            try refuses("node is \(node); it must be in 0 ... \(2 - server)") { cluster throws(SchedulingError) in
                _ = try cluster.used(server: server, node: node, resource: 0)
            }
            try refuses("node is \(node); it must be in 0 ... \(2 - server)") { cluster throws(SchedulingError) in
                try cluster.setFree(Resources(cpu: 1, mem: 1), server: server, node: node)
            }
        }
        for resource in [3, -1, .max] {
            try refuses("resource is \(resource); it must be in 0 ... 2") { cluster throws(SchedulingError) in
                _ = try cluster.used(server: 0, node: 0, resource: resource)
            }
        }
        for server in [2, -1, .max] {
            try refuses("server is \(server); it must be in 0 ... 1") { cluster throws(SchedulingError) in
                _ = try cluster.used(server: server, node: 0, resource: 0)
            }
        }
    }

    /// Amounts of a cluster are read without an error, as the elements of an array are: a wrong index ends the process before
    /// it reads what belongs to somebody else.
    @Test(arguments: 1...Self.wrongReads)
    func readingBeyondACluster(number: Int) async {
        await #expect(processExitsWith: .failure) { [number] in try Self.read(number) }
    }

    @Test func readingWithinACluster() async {
        await #expect(processExitsWith: .success) { try Self.read(0) }
    }

    private static let wrongReads = 12

    /// Reads something that is there for 0, and that is not there for any other number.
    private static func read(_ number: Int) throws {
        let layout = try Layout(nodes: 3, serverResources: ["disk"])
        let type = ServerType(nodes: [[8, 16], [8, 16]], shared: [100])
        let cluster = ClusterState(try Fleet(layout: layout, types: [type], typeOfServer: [0, 0]))
        let live = try Cluster(Fleet(servers: 1))
        switch number {
        case 1: _ = cluster.free(server: 2, node: 0)
        case 2: _ = cluster.free(server: 0, node: 2)
        case 3: _ = cluster.free(server: 0, node: -1)
        case 4: _ = cluster.capacity(server: -1)
        case 5: _ = cluster.free(server: 0, node: 0, resource: 2)
        case 6: _ = cluster.capacity(server: 0, node: 0, resource: -1)
        case 7: _ = cluster.sharedFree(server: 0, resource: 1)
        case 8: _ = cluster.sharedCapacity(server: 2, resource: 0)
        case 9: _ = cluster.nodeCount(of: 2)
        case 10: _ = cluster.traits(of: -1)
        case 11: _ = cluster.isCordoned(2)
        case wrongReads: _ = live.number(at: 1)
        default: _ = (cluster.free(server: 1, node: 1, resource: 1), cluster.sharedFree(server: 1, resource: 0))
        }
    }

    // MARK: Requests

    /// Whether or not there is room.
    @Test func requestsThatNobodyCanHave() throws {
        let range = "both must be above 0 and at most 4294967296.0"
        let both = NodeSet(first: 2)
        for (request, nodes, message) in [
            (Request(cpu: 1, mem: 1, span: 0), NodeSet.none, "request spans 0 NUMA nodes; it must span 1 ... 8"),
            (Request(cpu: 1, mem: 1, span: -1), .none, "request spans -1 NUMA nodes; it must span 1 ... 8"),
            (Request(cpu: 1, mem: 1, span: 9), both, "request spans 9 NUMA nodes; it must span 1 ... 8"),
            (Request(cpu: 0, mem: 1, span: 2), both, "request is 0.0 cores and 1.0 GB; \(range)"),
            (Request(cpu: 1, mem: -1, span: 2), both, "request is 1.0 cores and -1.0 GB; \(range)"),
            (Request(cpu: .nan, mem: 1, span: 2), both, "request is nan cores and 1.0 GB; \(range)"),
            (Request(cpu: 1, mem: .infinity, span: 2), both, "request is 1.0 cores and inf GB; \(range)"),
            (Request(cpu: 5e9, mem: 1, span: 2), both, "request is 5000000000.0 cores and 1.0 GB; \(range)"),
            (
                Request(cpu: 1e-9, mem: 1, span: 2), both,
                "request is 1e-09 cores and 1.0 GB; 1e-09 cores are below the smallest step of amounts, 1e-06"
            ),
        ] {
            let placement = Placement(server: 1, nodes: nodes)
            try refuses(message) { cluster throws(SchedulingError) in try cluster.record(1, request, at: placement) }
            try refuses(message) { cluster throws(SchedulingError) in try cluster.place(1, request, at: placement) }
            guard request.span == 2 else { continue }
            try refuses(message) { cluster throws(SchedulingError) in try cluster.resize(7, to: request) }
        }
    }

    @Test func amountsOfOtherResources() throws {
        let layout = try makeCluster().state.layout
        for amount in [-1, .nan, .infinity, 1e10] {
            let request = layout.request(cpu: 1, mem: 1, span: 1, extras: [0, amount])
            let placement = Placement(server: 1, nodes: NodeSet(node: 0))
            try refuses("request asks for \(amount) of a resource; it must be in 0 ... 4294967296.0") {
                cluster throws(SchedulingError) in try cluster.record(1, request, at: placement)
            }
        }
    }
}
