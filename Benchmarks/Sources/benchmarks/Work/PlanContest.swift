internal import SpaneScheduling

/// Greedy plans for room on a cluster that is so full that a large VM fits nowhere, beside the same without the search: whether it
/// fits.
struct PlanContest: ~Copyable, Contest {
    let count: Int
    private let cluster: Cluster
    private let planner: MovePlanner
    private let requests: [Request]

    /// The sizes of VMs of a cloud, cores and GB.
    private static let large = [(32.0, 64.0), (40, 80), (48, 96)]
    private static let sizes = [(1.0, 2.0), (2, 4), (2, 8), (4, 8), (4, 16), (8, 16), (8, 32), (16, 32)]

    init(servers: Int, budget: Int, count: Int) throws {
        let cluster = try Self.crowded(servers)
        let requests = try Self.large.map { try cluster.request(cpu: $0.0, mem: $0.1) }
        let planner = try MovePlanner(for: cluster, MoveLimits(budget: budget))
        (self.count, self.requests, self.planner) = (count, requests, planner)
        self.cluster = cluster
    }

    /// Servers on which VMs were placed at random until no large one fits.
    private static func crowded(_ servers: Int) throws -> Cluster {
        var cluster = try Cluster(Fleet(servers: servers))
        var generator = Xoshiro256StarStar(seed: 1)
        var id: UInt64 = 0
        let least = try cluster.request(cpu: large[0].0, mem: large[0].1)
        while cluster.state.firstAvailable(for: least) != nil {
            for _ in 0..<max(1, servers / 10) {
                let size = sizes[generator.below(sizes.count)]
                let request = try cluster.request(cpu: size.0, mem: size.1)
                let nodes = request.span == 2 ? NodeSet(first: 2) : NodeSet(node: generator.below(2))
                let placement = Placement(server: generator.below(servers), nodes: nodes)
                guard cluster.state.isAvailable(placement, for: request) else { continue }
                try cluster.place(id, request, at: placement)
                id += 1
            }
        }
        return cluster
    }

    func runLibrary() throws -> Duration {
        var found = 0
        let time = try ContinuousClock().measure {
            for index in 0..<count {
                if try planner.makeRoom(for: requests[index % requests.count], on: cluster).plan != nil { found += 1 }
            }
        }
        guard found > 0 else { throw BenchmarkError("no plan was found") }
        return time
    }

    func runPeer() -> Duration {
        var found = 0
        let time = ContinuousClock().measure {
            for index in 0..<count where cluster.state.firstAvailable(for: requests[index % requests.count]) != nil {
                found += 1
            }
        }
        precondition(found == 0)
        return time
    }
}
