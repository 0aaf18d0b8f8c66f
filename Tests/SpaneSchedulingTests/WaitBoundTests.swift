import SpaneScheduling
import SpaneTestSupport
import Testing

/// No policy waits less in total than the bounds say.
@Suite struct WaitBoundTests {
    private func trace(_ rows: [(cpu: Double, mem: Double, arrival: Double, lifetime: Double)]) throws -> Trace {
        try Trace(
            rows.enumerated().map { index, row in
                VirtualMachine(
                    id: Int64(index),
                    cpu: row.cpu,
                    mem: row.mem,
                    arrival: row.arrival,
                    lifetime: row.lifetime
                )
            }
        )
    }

    @Test func pooledWorkedOutByHand() throws {
        // A pool of 80 cores and 180 GB.
        let fleet = try Fleet(servers: 1)
        let rows = try trace([
            (40, 10, 0, 10), (30, 10, 1, 4), (20, 10, 2, 1), (10, 180, 3, 5), (1, 1, 4, 1), (1, 1, 100, 1),
        ])
        func bound(_ length: Int) throws -> Double {
            try rows.pooledBound(start: 0, length: length, fleet: fleet)
        }
        #expect(try bound(0) == 0)
        #expect(try bound(2) == 0)
        // VM 2 has 10 of 20 cores until VM 1 leaves at 5.
        #expect(try bound(3) == 3)
        // VM 3 needs all memory, so it waits for VM 0 to leave at 10.
        #expect(try bound(4) == 3 + 7)
        // VM 4 waits behind it, and for its memory until 15.
        #expect(try bound(5) == 3 + 7 + 11)
        #expect(try rows.pooledBound(start: 3, length: 1, fleet: fleet) == 0)
    }

    /// Three VMs of more than half a node need three nodes, which a pool does not see.
    @Test func halvesWorkedOutByHand() throws {
        let fleet = try Fleet(servers: 1)
        let rows = try trace([(21, 1, 0, 10), (21, 1, 0, 20), (21, 1, 1, 5), (1, 1, 100, 1)])
        #expect(try rows.pooledBound(start: 0, length: 3, fleet: fleet) == 0)
        #expect(try rows.waitBound(start: 0, length: 3, fleet: fleet) == 9)
        // Of 14 cores two fit on a node: the fifth waits for the first.
        let thirds = try trace(Array(repeating: (14, 1, 0, 7), count: 5) + [(1, 1, 100, 1)])
        #expect(try thirds.pooledBound(start: 0, length: 5, fleet: fleet) == 0)
        #expect(try thirds.waitBound(start: 0, length: 5, fleet: fleet) == 7)
    }

    @Test(arguments: 1...6, RandomTrace.Style.allCases)
    func noPolicyWaitsLess(servers: Int, style: RandomTrace.Style) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 5)
        let fleet = try Fleet(servers: servers, node: RandomTrace.node)
        let heuristics: [Heuristic] = [.firstFit, .bestFit, .balanceFit, .moveToFront, .random(seed: 1)]
        var (positive, stronger) = (0, 0)
        for _ in 0..<25 {
            let trace = try Trace(RandomTrace.vms(style, count: 200, servers: servers, &generator))
            var environment = try Environment(trace: trace, fleet: fleet)
            let start = generator.below(50)
            let bound = try trace.waitBound(start: start, length: 120, fleet: fleet)
            let pooled = try trace.pooledBound(start: start, length: 120, fleet: fleet)
            try #require(bound >= pooled)
            positive += bound > 0 ? 1 : 0
            stronger += bound > pooled ? 1 : 0
            for heuristic in heuristics {
                try environment.reset(start: start, until: .length(120))
                var policy = AnyPolicy(heuristic.makePolicy())
                try environment.finish(with: &policy)
                let wait = environment.totalWait
                try #require(bound <= wait, "\(heuristic)")
            }
        }
        // A bound of 0 would prove nothing.
        #expect(positive > 5)
        if style != .whole { #expect(stronger > 0) }
    }

    /// For a server whose VMs are all split, the nodes are one pool: the bound is the truth.
    @Test func tightWhenEveryVMIsSplitOverTheOnlyServer() throws {
        var generator = Xoshiro256StarStar(seed: 6)
        let fleet = try Fleet(servers: 1, node: RandomTrace.node, splitAbove: 0)
        for style in RandomTrace.Style.allCases {
            let trace = try Trace(RandomTrace.vms(style, count: 300, servers: 1, &generator))
            var environment = try Environment(trace: trace, fleet: fleet)
            try environment.reset(start: 0, until: .length(250))
            var policy = FirstFit()
            try environment.finish(with: &policy)
            let bound = try trace.waitBound(start: 0, length: 250, fleet: fleet)
            #expect(environment.totalWait == bound)
            #expect(bound > 0)
        }
    }

    @Test func zeroWithoutContention() throws {
        var generator = Xoshiro256StarStar(seed: 7)
        let trace = try Trace(RandomTrace.vms(.whole, count: 300, servers: 1, &generator))
        let fleet = try Fleet(servers: 300, node: RandomTrace.node)
        #expect(try trace.waitBound(start: 0, length: 299, fleet: fleet) == 0)
    }

    @Test(arguments: [(-1, 1), (0, -1), (6, 0), (0, 6), (4, 2), (1, .max)])
    func episodesOutsideTheTraceAreRefused(start: Int, length: Int) throws {
        let rows = try trace(Array(repeating: (1, 1, 0, 1), count: 6))
        let error = SchedulingError(
            .invalidArgument,
            "an episode of \(length) VMs from start \(start) does not fit a trace of 6 VMs"
        )
        let fleet = try Fleet(servers: 1)
        #expect(throws: error) { try rows.waitBound(start: start, length: length, fleet: fleet) }
    }
}

/// Any policy as one concrete type.
struct AnyPolicy: Policy {
    private var policy: any Policy
    init(_ policy: any Policy) { self.policy = policy }
    mutating func begin(start: Int, on cluster: borrowing ClusterState) { policy.begin(start: start, on: cluster) }
    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        policy.placement(for: request, on: cluster, among: servers)
    }
}
