internal import SpaneScheduling

/// Greedy plans for room on a cluster that is so full that a large VM fits nowhere, beside the same without the search: whether it
/// fits.
struct PlanContest: ~Copyable, Contest {
    let count: Int
    private let cluster: Cluster
    private let planner: MovePlanner
    private let requests: [Request]

    /// The sizes of VMs of a cloud, cores and GB.
    private static let sizes = [(1.0, 2.0), (2, 4), (2, 8), (4, 8), (4, 16), (8, 16), (8, 32), (16, 32)]

    init(servers: Int, budget: Int, count: Int) throws {
        self.count = count
        var cluster = try Cluster(Fleet(servers: servers))
        var generator = Xoshiro256StarStar(seed: 1)
        // Random places leave no large room anywhere.
        var (id, failures) = (UInt64(0), 0)
        while failures < 30 {
            var free = 0.0
            for _ in 0..<servers {
                let size = Self.sizes[generator.below(Self.sizes.count)]
                let request = try cluster.request(cpu: size.0, mem: size.1)
                let server = generator.below(servers)
                let nodes = request.span == 2 ? NodeSet(first: 2) : NodeSet(node: generator.below(2))
                let placement = Placement(server: server, nodes: nodes)
                guard cluster.state.isAvailable(placement, for: request) else { continue }
                try cluster.place(id, request, at: placement)
                id += 1
                free += 1
            }
            failures = free < 0.02 * Double(servers) ? 30 : failures + 1
        }
        requests = try [(32.0, 64.0), (24, 48), (40, 90)].map { try cluster.request(cpu: $0.0, mem: $0.1) }
            .filter { cluster.state.firstAvailable(for: $0) == nil }
        guard !requests.isEmpty else { throw BenchmarkError("nothing is blocked on \(servers) servers") }
        planner = try MovePlanner(for: cluster, MoveLimits(budget: budget))
        self.cluster = cluster
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
