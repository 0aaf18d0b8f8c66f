import SpaneScheduling
import SpaneTestSupport
import Testing

/// The heuristics against their definitions, spelled out by listing and sorting every candidate.
@Suite struct HeuristicDefinitionTests {
    /// A cluster as plain numbers.
    struct Plain {
        var cpu: [Double]
        var mem: [Double]
        var share: [Double]
        var available: [Int]
        var isSplit: Bool

        init(_ cluster: borrowing ClusterState, _ request: Request) {
            let free = cluster.freeOfAllNodes
            let capacity = free.indices.map { cluster.capacity(server: $0 / 2) }
            cpu = free.map(\.cpu)
            mem = free.map(\.mem)
            share = zip(free, capacity).map { min($0.cpu / $1.cpu, $0.mem / $1.mem) }
            isSplit = request.isSplit
            let need = (cpu: request.cpu / (isSplit ? 2 : 1), mem: request.mem / (isSplit ? 2 : 1))
            let fits = free.map { $0.cpu >= need.cpu && $0.mem >= need.mem }
            let isSplit = isSplit
            available = fits.indices.filter { isSplit ? fits[$0 / 2 * 2] && fits[$0 / 2 * 2 + 1] : fits[$0] }
        }

        var firstFit: Int? { available.min() }

        var bestFit: Int? {
            let keyed = available.map { action in
                (key: isSplit ? share[action / 2 * 2] + share[action / 2 * 2 + 1] : share[action], action: action)
            }
            return keyed.sorted { $0 < $1 }.first?.action
        }

        var balanceFit: Int? {
            if isSplit { return firstFit }
            let servers = Set(available.map { $0 / 2 }).sorted()
            let gaps = servers.map { abs(share[2 * $0] - share[2 * $0 + 1]) }
            guard let widest = gaps.max(), widest > 0, let place = gaps.firstIndex(of: widest) else { return firstFit }
            let server = servers[place]
            let roomier = share[2 * server] > share[2 * server + 1] ? 2 * server : 2 * server + 1
            return available.contains(roomier) ? roomier : roomier ^ 1
        }
    }

    @Test(arguments: 1...6, [2, 4, 40])
    func heuristicsAreTheirDefinitions(servers: Int, steps: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: UInt64(steps))
        var decided = 0
        for round in 0..<400 {
            let nodes = (0..<servers).map { _ in
                round % 2 == 0 || generator.below(2) == 0 ? Resources(cpu: 40, mem: 90) : Resources(cpu: 30, mem: 66.5)
            }
            var cluster = ClusterState(try Fleet(nodeCapacities: nodes))
            cluster.fillAtRandom(steps: steps, &generator)
            let request = Request(
                cpu: Double(1 + generator.below(30)),
                mem: Double(1 + generator.below(60)),
                isSplit: generator.below(2) == 0
            )
            let plain = Plain(cluster, request)
            decided += plain.firstFit == nil ? 0 : 1
            var (first, best, balance) = (FirstFit(), BestFit(), BalanceFit())
            let chosen = [
                first.action(for: request, on: cluster), best.action(for: request, on: cluster),
                balance.action(for: request, on: cluster),
            ].map { $0?.index }
            try #require(chosen == [plain.firstFit, plain.bestFit, plain.balanceFit], "round \(round)")
        }
        #expect(decided > 100)
    }
}
