import SpaneScheduling
import Testing

/// An index decides as a look at every server does, whatever came before: many ties, requests and lists that push each other out,
/// and clusters that take turns.
@Suite struct ScoreIndexTests {
    /// Few different scores, which depend on everything that they may depend on.
    private struct CoarseRule: ServerRule {
        var context: UInt64

        func score(_ server: Int, for request: Request, on cluster: borrowing ClusterState) -> Double {
            let free = cluster.free(server: server, node: 0)
            guard free.cpu >= request.cpu else { return ServerBatch.noRoom }
            let asked = Int(request.mem) + 5 * Int(request.terms?.extras.first ?? 0)
            return Double((Int(free.cpu) * (1 + Int(context) + asked)) % 7)
        }

        func score(_ batch: ServerBatch, for request: Request, on cluster: borrowing ClusterState) {
            for index in 0..<batch.count {
                let server = batch.server(index)
                batch.set(index, score: score(server, for: request, on: cluster), nodes: NodeSet(node: server % 2))
            }
        }

        /// By the definition.
        func best(for request: Request, on cluster: borrowing ClusterState, among servers: [Int32]) -> Placement? {
            var (most, best) = (ServerBatch.noRoom, Placement?.none)
            for server in servers.map(Int.init) {
                let score = score(server, for: request, on: cluster)
                if score > most { (most, best) = (score, Placement(server: server, nodes: NodeSet(node: server % 2))) }
            }
            return best
        }
    }

    private static let servers = 150

    /// Lists of candidates that begin alike and are as long, more than are remembered.
    private static func lists(_ generator: inout Xoshiro256StarStar) -> [[Int32]] {
        (0..<12).map { _ in
            var rest = (64..<Int32(servers)).shuffled(using: &generator)
            rest.removeLast(20)
            return (0..<64).reversed() + rest
        }
    }

    /// More than have a place, and some that only what is asked beside cores and memory tells apart.
    private static let requests = (0..<40).map { number in
        let extra = RequestTerms(extras: [Double(number % 4)], require: 0, forbid: 0, farthest: 0)
        return Request(cpu: 1 + Double(number % 3), mem: 1 + Double(number / 4), span: 1, terms: extra)
    }

    @Test(arguments: [1, 2, 3])
    func decidesAsALookAtEveryServer(seed: UInt64) throws {
        var generator = Xoshiro256StarStar(seed: seed)
        let fleet = try Fleet(servers: Self.servers)
        var one = ClusterState(fleet)
        var other = ClusterState(fleet)
        let all = (0..<Int32(Self.servers)).map { $0 }
        let lists = Self.lists(&generator)
        let index = ScoreIndex()
        // Those with which all lists begin have seldom room, so that the others decide.
        for server in 0..<64 { one.setFree(Resources(cpu: 0, mem: 0), server: server, node: 0) }
        for round in 0..<1500 {
            let server = generator.below(Self.servers)
            let isFull = server < 64 && generator.below(30) > 0
            let free = Resources(cpu: isFull ? 0 : Double(generator.below(41)), mem: 90)
            for _ in 0..<generator.below(3) {
                one.setFree(free, server: server, node: 0)
                other.setFree(free, server: Self.servers - 1 - server, node: 0)
            }
            // Few for a while, then all of them, so that some come again at once and others after they were pushed out.
            let isWide = round / 100 % 4 > 0
            let request = Self.requests[generator.below(isWide ? Self.requests.count : 4)]
            let list = lists[generator.below(isWide ? lists.count : 3)]
            let rule = CoarseRule(context: UInt64(generator.below(2)))
            // A change of clusters makes the index forget everything.
            let isOther = round / 10 % 50 == 49
            func check(_ cluster: borrowing ClusterState) throws {
                let given = index.best(by: rule, for: request, on: cluster, among: list.span)
                try #require(given == rule.best(for: request, on: cluster, among: list))
                let chosen = index.best(by: rule, for: request, on: cluster, among: nil)
                try #require(chosen == rule.best(for: request, on: cluster, among: all))
            }
            if isOther { try check(other) } else { try check(one) }
        }
        #expect(index.followed > 100)
    }

    /// Of equal servers the first of the list is taken, whether its score was known or had to be computed.
    @Test func tiesAmongKnownAndUnknown() throws {
        var generator = Xoshiro256StarStar(seed: 7)
        var cluster = ClusterState(try Fleet(servers: Self.servers))
        let rule = CoarseRule(context: 0)
        let request = Request(cpu: 1, mem: 1)
        let index = ScoreIndex()
        for _ in 0..<300 {
            for _ in 0..<5 {
                let free = Resources(cpu: Double(generator.below(41)), mem: 90)
                cluster.setFree(free, server: generator.below(Self.servers), node: 0)
            }
            let list = (0..<Int32(Self.servers)).shuffled(using: &generator).dropLast(generator.below(90))
            let candidates = Array(list)
            let given = index.best(by: rule, for: request, on: cluster, among: candidates.span)
            try #require(given == rule.best(for: request, on: cluster, among: candidates))
        }
    }

    /// What was decided among a list that has an index of its own counts as followed.
    @Test func countsDecisionsAmongCandidates() throws {
        var cluster = ClusterState(try Fleet(servers: Self.servers))
        let list = (0..<Int32(Self.servers)).filter { $0 % 2 == 0 }
        let index = ScoreIndex()
        for round in 0..<20 {
            cluster.setFree(Resources(cpu: Double(round), mem: 90), server: round, node: 0)
            _ = index.best(by: CoarseRule(context: 0), for: Request(cpu: 1, mem: 1), on: cluster, among: list.span)
        }
        #expect(index.followed > 10)
    }

    /// More changes than a journal keeps, after which most servers are as they were; and requests that come once among some that
    /// come again and again.
    @Test func decidesAfterMoreChangesThanAreKept() throws {
        var generator = Xoshiro256StarStar(seed: 8)
        let servers = 1100
        var cluster = ClusterState(try Fleet(servers: servers))
        let all = (0..<Int32(servers)).map { $0 }
        var left = (0..<servers).map { _ in Double(generator.below(41)) }
        for server in 0..<servers { cluster.setFree(Resources(cpu: left[server], mem: 90), server: server, node: 0) }
        let index = ScoreIndex()
        let rule = CoarseRule(context: 0)
        for round in 0..<60 {
            // Twice each, so that the journal has forgotten all of them.
            for server in 0..<servers where round % 3 == 2 {
                cluster.setFree(Resources(cpu: 0, mem: 90), server: server, node: 0)
                if generator.below(100) == 0 { left[server] = Double(generator.below(41)) }
                cluster.setFree(Resources(cpu: left[server], mem: 90), server: server, node: 0)
            }
            if round == 40 { cluster.removeAll() }
            for number in 0..<8 {
                // Known ones, then others, more than have a seat.
                let size = number < 4 ? Double(1 + number) : Double(5 + round) + Double(number) / 8
                let request = Request(cpu: 1, mem: size)
                let chosen = index.best(by: rule, for: request, on: cluster, among: nil)
                try #require(chosen == rule.best(for: request, on: cluster, among: all), "round \(round)")
            }
        }
        // The known ones keep their trees, whatever comes between.
        #expect(index.followed > 60)
    }
}
