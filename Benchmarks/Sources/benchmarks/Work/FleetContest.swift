internal import SpaneNetworks
internal import SpaneScheduling

/// Decisions on a cluster beside decisions on a simpler one: what servers of any kind cost.
final class FleetContest: Contest {
    /// Servers with VMs on them, and a policy that decides there.
    struct Side: ~Copyable {
        var cluster: Cluster
        /// What is asked for, in turn.
        let requests: [Request]
        /// The servers that are decided among, in turn; none for all.
        let lists: [[Int32]]
        let makePolicy: (borrowing ClusterState) throws -> any Policy

        /// Decides; a VM comes and one goes in between. Only the steady state counts: every request was decided among every list
        /// before.
        func decide(_ count: Int) throws -> Duration {
            var cluster = cluster.copy()
            var policy = try makePolicy(cluster.state)
            policy.begin(start: 0, on: cluster.state)
            for request in requests {
                for list in 0..<max(1, lists.count) { _ = decision(&policy, request, list, cluster.state) }
            }
            var chosen = 0
            let time = try ContinuousClock().measure {
                for step in 0..<count {
                    let request = requests[step % requests.count]
                    guard let place = decision(&policy, request, step, cluster.state) else { continue }
                    chosen += 1
                    let id = UInt64(1 << 40 + step)
                    try cluster.place(id, request, at: cluster.outside(place))
                    if step % 2 == 1 { _ = cluster.release(id) } else { _ = cluster.release(UInt64(1 + step / 2)) }
                }
            }
            guard chosen > count / 2 else { throw BenchmarkError("only \(chosen) of \(count) requests found room") }
            return time
        }

        private func decision(
            _ policy: inout any Policy,
            _ request: Request,
            _ step: Int,
            _ cluster: borrowing ClusterState
        ) -> Placement? {
            guard !lists.isEmpty else { return policy.placement(for: request, on: cluster) }
            let list = lists[step % lists.count]
            return policy.placement(for: request, on: cluster, among: list.span)
        }
    }

    let count: Int
    private let side: Side
    private let peer: Side

    init(_ count: Int, _ side: consuming Side, beside peer: consuming Side) {
        self.count = count
        self.side = side
        self.peer = peer
    }

    func runLibrary() throws -> Duration { try side.decide(count) }
    func runPeer() throws -> Duration { try peer.decide(count) }
}

/// What is asked of every cluster.
let sizes: [(cpu: Double, mem: Double)] = [(1, 2), (2, 4), (4, 16), (8, 32), (16, 64), (2, 16)]

extension FleetContest.Side {
    /// `servers` equal servers of `nodes` NUMA nodes, each with 160 / nodes cores.
    ///
    /// - Parameters:
    ///   - removed: servers that were there before and are gone.
    ///   - candidates: how many of the servers, evenly spread, are decided among; `nil` for all.
    ///   - isChanging: whether each decision has other candidates, until all servers were.
    init(
        servers: Int,
        nodes: Int,
        removed: Int = 0,
        candidates: Int? = nil,
        isChanging: Bool = false,
        _ makePolicy: @escaping (borrowing ClusterState) throws -> any Policy
    ) throws {
        let node = Resources(cpu: 160 / Double(nodes), mem: 640 / Double(nodes))
        let type = ServerType(equalNodes: nodes, of: node)
        var cluster = Cluster(layout: nodes == 2 ? .published : try Layout(nodes: nodes))
        let all = try cluster.addServers(Array(repeating: 0, count: servers + removed), of: [type])
        for server in all.dropFirst(servers) { try cluster.removeServer(server) }
        let layout = cluster.state.layout
        let requests = sizes.enumerated().map { index, size in
            layout.request(cpu: size.cpu, mem: size.mem, span: index % 2 == 0 ? 1 : nodes / 2)
        }
        try cluster.fillByHalf(with: requests)
        self.cluster = cluster
        self.requests = requests
        lists =
            candidates.map { wanted in
                let step = servers / wanted
                return (0..<(isChanging ? step : 1)).map { first in
                    (0..<wanted).map { Int32($0 * step + first) }
                }
            } ?? []
        self.makePolicy = makePolicy
    }

    /// 3,000 servers of three kinds, of which requests want one.
    init(
        mixed servers: Int,
        _ makePolicy: @escaping (borrowing ClusterState) throws -> any Policy
    ) throws {
        let kinds = [
            ServerType(nodes: [[64, 256], [64, 256]], traits: 1), ServerType(nodes: [[96, 384]], traits: 2),
            ServerType(nodes: Array(repeating: [32, 128], count: 4), traits: 4),
        ]
        var cluster = Cluster(layout: try Layout(nodes: 4))
        try cluster.addServers((0..<servers).map { Int32($0 % 3) }, of: kinds)
        let layout = cluster.state.layout
        let requests = sizes.enumerated().map { index, size in
            layout.request(cpu: size.cpu, mem: size.mem, span: 1, require: [1, 2, 4][index % 3])
        }
        try cluster.fillByHalf(with: requests)
        self.cluster = cluster
        self.requests = requests
        lists = []
        self.makePolicy = makePolicy
    }
}

extension Cluster {
    /// Places VMs with ids from 1 on, spread over all servers, until half of the cores are taken.
    fileprivate mutating func fillByHalf(with requests: [Request]) throws {
        var policy = RandomFit(seed: 7)
        var left = 0.0
        for server in 0..<serverCount {
            for node in 0..<state.nodeCount(of: server) { left += state.free(server: server, node: node).cpu }
        }
        left /= 2
        var id: UInt64 = 1
        var generator = Xoshiro256StarStar(seed: 5)
        while left > 0 {
            let request = requests[generator.below(requests.count)]
            // A few servers at a time: looking at all would take longer than what is measured.
            let some = (0..<8).map { _ in Int32(generator.below(serverCount)) }.sorted()
            guard let place = policy.placement(for: request, on: state, among: some.span) else { continue }
            try self.place(id, request, at: outside(place))
            left -= request.cpu
            id += 1
        }
    }
}
