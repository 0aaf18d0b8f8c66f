import SpaneScheduling
import SpaneTestSupport
import Testing

/// States that a fleet cannot be in; `ClusterOracleTests` restores those that it can.
@Suite struct ClusterSnapshotTests {
    /// Two servers with VMs, one of them cordoned, and a number that is no longer in use.
    private func makeState() throws -> Cluster.Snapshot {
        let layout = try Layout(nodes: 2, nodeResources: ["gpu"], serverResources: ["disk"])
        var cluster = Cluster(layout: layout)
        let types = [
            ServerType(nodes: [[8, 16, 2], [8, 16, 2]], shared: [100]), ServerType(nodes: [[4, 8, 1]], shared: [50]),
        ]
        try cluster.addServers([0, 0, 1], of: types)
        try cluster.removeServer(1)
        let request = layout.request(cpu: 3, mem: 4, span: 2, extras: [1, 10])
        try cluster.place(7, request, at: Placement(server: 0, nodes: NodeSet(first: 2)))
        try cluster.setFree(Resources(cpu: 1, mem: 0), server: 2, node: 0)
        try cluster.cordon(2)
        return try cluster.snapshot()
    }

    @Test func aStateComesBack() throws {
        let snapshot = try makeState()
        let again = try Cluster.restored(from: snapshot).snapshot()
        #expect(again.servers.map(\.number) == [0, 2])
        #expect(again.servers.map(\.free) == [[[6.5, 14, 1.5], [6.5, 14, 1.5]], [[1, 0, 1]]])
        #expect(again.servers.map(\.free) == snapshot.servers.map(\.free))
        #expect(again.servers.map(\.shared) == [[90], [50]])
        #expect(again.servers.map(\.isCordoned) == [false, true])
        #expect(again.types == snapshot.types)
        #expect(again.vms.map(\.id) == [7])
    }

    /// Rules measure by the largest server, and that is one of those that are there: a fleet that once had a larger one, or that
    /// was larger before it was resized, decides as it does when it is loaded.
    @Test(arguments: [false, true])
    func aRestoredFleetDecidesAsTheSavedOne(isResized: Bool) throws {
        var cluster = Cluster(layout: .published)
        let types = [ServerType(nodes: [[8, 90], [8, 90]]), ServerType(nodes: [[40, 40], [40, 40]])]
        let giant = ServerType(nodes: [[400, 100], [400, 100]])
        try cluster.addServers([0, 1, 2], of: types + [giant])
        let request = cluster.state.layout.request(cpu: 2, mem: 8, span: 1)
        let rules = ["most-allocated", "capacity-lost", "capacity-lost,10*most-allocated+pack"]
        func choices(_ cluster: borrowing Cluster, among servers: [Int32]) throws -> [Placement?] {
            try rules.map { name in
                var policy = RulePolicy(
                    try #require(RuleName(name)),
                    mix: ExpectedFlavors([.init(cpu: 8, mem: 16, frequency: 1)])
                )
                return policy.placement(for: request, on: cluster.state, among: servers.span)
            }
        }
        // With the giant, cores count little: the server with little memory is the fuller one.
        #expect(try choices(cluster, among: [0, 1]).map(\.?.server) == [1, 1, 1])
        if isResized { try cluster.resizeServer(2, to: types[0]) } else { try cluster.removeServer(2) }
        #expect(cluster.state.largestNode == Resources(cpu: 40, mem: 90))
        let now = try choices(cluster, among: [0, 1])
        #expect(now[0]?.server == 0)
        let again = try Cluster.restored(from: cluster.snapshot())
        #expect(again.state.largestNode == cluster.state.largestNode)
        #expect(again.state.fewestNodes == cluster.state.fewestNodes)
        #expect(try choices(again, among: [0, 1]) == now)
    }

    private func refuses(
        _ message: String,
        _ code: SchedulingError.Code = .invalidArgument,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Cluster.Snapshot) -> Void
    ) throws {
        var snapshot = try makeState()
        change(&snapshot)
        #expect(throws: SchedulingError(code, message), sourceLocation: sourceLocation) {
            _ = try Cluster.restored(from: snapshot)
        }
    }

    @Test func anotherShape() throws {
        let message = "server 0: what it has left does not fit its type"
        try refuses(message) { $0.servers[0].free.removeLast() }
        try refuses(message) { $0.servers[0].free.append([8, 16, 2]) }
        try refuses(message) { $0.servers[0].free[1].removeLast() }
        try refuses(message) { $0.servers[0].free[1].append(1) }
        try refuses(message) { $0.servers[0].shared = [] }
        try refuses(message) { $0.servers[0].shared.append(1) }
        try refuses("server 2: what it has left does not fit its type") {
            $0.servers[1].free = [[4, 8, 1], [4, 8, 1]]
        }
        try refuses("server type 1: it has 3 NUMA nodes; this cluster allows 1 ... 2") {
            $0.types[1].nodes = Array(repeating: [4, 8, 1], count: 3)
        }
        try refuses("server type 0: it has 0 shared amounts; this cluster has 1") { $0.types[0].shared = [] }
        for type in [2, -1, .max, 1 << 32] {
            try refuses("server 2 is of type \(type); there are 2 types") { $0.servers[1].type = type }
        }
    }

    @Test func numbersOfServers() throws {
        for number in [0, -1, .max, .min, 2 * Fleet.maximumServers] {
            try refuses("a server has the number \(number), which is taken or too large") {
                $0.servers[1].number = number
            }
        }
    }

    @Test func amountsThatNothingExplains() throws {
        for amount in [6.6, .nan, .infinity] {
            try refuses("server 0: cpu of node 1 has \(amount) left, more than its VMs leave") {
                $0.servers[0].free[1][0] = amount
            }
        }
        for amount in [-5e9, -.infinity] {
            let detail = "\(amount) left, less than its VMs leave by more than 4294967296.0"
            try refuses("server 0: gpu of node 0 has \(detail)") {
                $0.servers[0].free[0][2] = amount
            }
            try refuses("server 2: disk has \(detail)") { $0.servers[1].shared[0] = amount }
        }
        try refuses("server 0: disk has 91.0 left, more than its VMs leave") { $0.servers[0].shared[0] = 91 }
    }

    @Test func vms() throws {
        try refuses("id is 7, which runs on server 0 already", .duplicateVM) { $0.vms.append($0.vms[0]) }
        try refuses("server is 1, which was removed") {
            $0.vms[0].placement = Placement(server: 1, nodes: NodeSet(first: 2))
        }
        try refuses("request spans 0 NUMA nodes; it must span 1 ... 8") {
            $0.vms[0].request = Request(cpu: 1, mem: 1, span: 0)
            $0.vms[0].placement = Placement(server: 0, nodes: .none)
        }
    }
}
