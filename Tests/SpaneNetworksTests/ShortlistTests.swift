import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// On many servers a session remembers which were best for a request that comes again. What it decides is what a look at
/// all servers decides.
@Suite struct ShortlistTests {
    private static let servers = 700
    private static let sizes = [(1.0, 2.0), (1, 1), (2, 4), (4, 8), (2, 8), (8, 16), (16, 32), (64, 128)]

    /// Another session, which is never asked to decide, gives the advantages of which the greatest is expected.
    private struct Pair {
        var session: any ScoringPolicy
        var other: any ScoringPolicy

        init(_ model: Model, _ cluster: borrowing ClusterState) throws {
            session = try model.makeSession(on: cluster)
            other = try model.makeSession(on: cluster)
        }

        mutating func decide(_ request: Request, _ cluster: borrowing ClusterState) throws -> Action? {
            try session.adapt(to: cluster)
            try other.adapt(to: cluster)
            let action = session.action(for: request, on: cluster)
            var advantages = [Float](repeating: .nan, count: cluster.actionCount)
            var span = advantages.mutableSpan
            other.writeAdvantages(for: request, on: cluster, servers: nil, into: &span)
            let mask = cluster.mask(of: request)
            var expected: Action?
            for index in mask.indices where mask[index] == 1 {
                if let best = expected, advantages[index] <= advantages[best.index] { continue }
                expected = Action(index)
            }
            try #require(action == expected)
            return action
        }
    }

    private struct Populated: ~Copyable {
        var cluster: ClusterState
        var placed: [(Request, Action)] = []

        mutating func place(_ request: Request, _ action: Action) {
            cluster.place(request, at: action)
            placed.append((request, action))
        }

        mutating func release(_ generator: inout Xoshiro256StarStar) {
            guard !placed.isEmpty else { return }
            placed.swapAt(generator.below(placed.count), placed.count - 1)
            let (request, action) = placed.removeLast()
            cluster.release(request, at: action)
        }

        mutating func fill(_ count: Int, _ generator: inout Xoshiro256StarStar) {
            for _ in 0..<count {
                let request = ShortlistTests.request(&generator)
                let action = Action(generator.below(cluster.actionCount))
                if cluster.isAvailable(action, for: request) { place(request, action) }
            }
        }
    }

    private static func request(_ generator: inout Xoshiro256StarStar) -> Request {
        // The small ones come more often.
        let (cpu, mem) = sizes[min(generator.below(sizes.count), generator.below(sizes.count))]
        return Request(cpu: cpu, mem: mem, isSplit: mem > 10)
    }

    /// VMs come and go, servers are cordoned, put back and corrected, and some are added.
    @Test(arguments: [[.mean], [.max, .std], [.mean, .max, .std]] as [[Aggregator]])
    func decidesAsALookAtAllServers(aggregators: [Aggregator]) throws {
        var generator = Xoshiro256StarStar(seed: 1, stream: UInt64(aggregators.count))
        for shape in RandomModel.shapes {
            let model = try RandomModel.spane(shape, aggregators, &generator)
            var populated = Populated(cluster: ClusterState(try Fleet(servers: Self.servers)))
            populated.fill(9000, &generator)
            var pair = try Pair(model, populated.cluster)
            for step in 1...900 {
                // Mostly one VM leaves for each that comes, sometimes more than the journal holds.
                for _ in 0..<(step % 300 == 0 ? 1500 : 1 + generator.below(3)) { populated.release(&generator) }
                if step % 300 == 0 { populated.fill(1400, &generator) }
                let server = generator.below(populated.cluster.serverCount)
                switch generator.below(12) {
                case 0: populated.cluster.cordon(server)
                case 1: for server in 0..<50 { populated.cluster.uncordon(server * 13) }
                case 2: populated.fill(200, &generator)
                default: break
                }
                if step == 500 {
                    populated.cluster.append(
                        Array(repeating: 0, count: 9),
                        of: [ServerType(equalNodes: 2, of: Resources(cpu: 48, mem: 100))]
                    )
                }
                let request = Self.request(&generator)
                guard let action = try pair.decide(request, populated.cluster) else { continue }
                if generator.below(4) > 0 { populated.place(request, action) }
            }
        }
    }

    /// Most servers are alike, so that far more tie than a list holds.
    @Test func crowdsOfEqualServers() throws {
        var generator = Xoshiro256StarStar(seed: 2)
        for _ in 0..<12 {
            let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
            var populated = Populated(cluster: ClusterState(try Fleet(servers: Self.servers)))
            populated.fill(300, &generator)
            var pair = try Pair(model, populated.cluster)
            for _ in 0..<400 {
                let request = Self.request(&generator)
                if let action = try pair.decide(request, populated.cluster) { populated.place(request, action) }
                if generator.below(3) == 0 { populated.release(&generator) }
            }
        }
    }

    @Test func tiesGoToTheLowestAction() throws {
        var generator = Xoshiro256StarStar(seed: 3)
        let model = try RandomModel.zero(.spane(.published()))
        var populated = Populated(cluster: ClusterState(try Fleet(servers: Self.servers)))
        populated.fill(9000, &generator)
        var pair = try Pair(model, populated.cluster)
        for _ in 0..<600 {
            let request = Self.request(&generator)
            let action = try pair.decide(request, populated.cluster)
            #expect(action == populated.cluster.firstAvailable(for: request)?.action)
            if let action { populated.place(request, action) }
            populated.release(&generator)
        }
    }

    /// More sizes than there are lists, some of which come often and some seldom or once.
    @Test func manySizes() throws {
        var generator = Xoshiro256StarStar(seed: 4)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
        var populated = Populated(cluster: ClusterState(try Fleet(servers: Self.servers)))
        populated.fill(9000, &generator)
        var pair = try Pair(model, populated.cluster)
        for step in 0..<4000 {
            let size = min(generator.below(90), generator.below(90))
            let mem = Double(1 + size % 9) + (step % 10 == 0 ? Double(step) / 8192 : 0)
            let request = Request(cpu: Double(1 + size / 9), mem: mem, isSplit: size % 7 == 0)
            if let action = try pair.decide(request, populated.cluster) { populated.place(request, action) }
            populated.release(&generator)
        }
    }

    /// Every server has a state of its own, and no size is a whole number.
    @Test func serversThatAllDiffer() throws {
        var generator = Xoshiro256StarStar(seed: 5)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
        var populated = ClusterState(try Fleet(servers: Self.servers))
        func anyAmount() -> Resources { Resources(cpu: generator.uniform() * 40, mem: generator.uniform() * 90).onGrid }
        populated.fill(leaving: (0..<populated.actionCount).map { _ in anyAmount() })
        var pair = try Pair(model, populated)
        for _ in 0..<2000 {
            for _ in 0..<3 {
                populated.setFree(anyAmount(), server: generator.below(Self.servers), node: generator.below(2))
            }
            _ = try pair.decide(Self.request(&generator), populated)
        }
    }

    /// Lists of one cluster say nothing of another.
    @Test func beginsAnewOnAnotherCluster() throws {
        var generator = Xoshiro256StarStar(seed: 6)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator)
        var populated = Populated(cluster: ClusterState(try Fleet(servers: Self.servers)))
        populated.fill(9000, &generator)
        var pair = try Pair(model, populated.cluster)
        for _ in 0..<20 {
            for _ in 0..<40 {
                _ = try pair.decide(Self.request(&generator), populated.cluster)
                populated.release(&generator)
            }
            let copy = populated.cluster.copy()
            for _ in 0..<30 { populated.release(&generator) }
            populated.fill(30, &generator)
            pair.session.begin(start: 0, on: copy)
            pair.other.begin(start: 0, on: copy)
            for _ in 0..<20 { _ = try pair.decide(Self.request(&generator), copy) }
            pair.session.begin(start: 0, on: populated.cluster)
            pair.other.begin(start: 0, on: populated.cluster)
        }
    }
}
