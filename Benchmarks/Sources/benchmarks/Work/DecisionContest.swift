internal import SpaneNetworks
internal import SpaneScheduling

/// Decide and step on a busy cluster of any size.
struct DecisionContest: Contest, ~Copyable {
    let count: Int
    private let filled: Environment
    private let model: Model
    private let peerFilled: PeerEnvironment
    private let peerEnvironment: PeerEnvironment
    private let peerNetwork: PeerNetwork

    /// Fills the cluster with First Fit; `count` decisions are measured then.
    init(servers: Int, count: Int, model: Model) throws {
        let busy = try BusyTrace(servers: servers, count: count, seed: UInt64(servers))
        let filled = try busy.fill(count: busy.fillCount)
        let peerFilled = busy.fillPeer(count: busy.fillCount)
        guard filled.totalWait == peerFilled.totalWait else {
            throw BenchmarkError("the two sides fill a cluster of \(servers) servers differently")
        }
        self.count = count
        self.model = model
        self.filled = filled
        self.peerFilled = peerFilled
        peerEnvironment = PeerEnvironment(busy.trace, servers: servers)
        peerNetwork = PeerNetwork(model)
    }

    func runLibrary() throws -> Duration {
        var environment = filled.copy()
        var session = try model.makeSession(for: environment.fleet)
        // The first decision embeds every server; here only the steady state counts.
        _ = session.placement(for: environment.request, on: environment.cluster)
        return try ContinuousClock().measure {
            while !environment.isFinished {
                guard let placement = session.placement(for: environment.request, on: environment.cluster) else {
                    return
                }
                try environment.step(placement)
            }
        }
    }

    func runPeer() throws -> Duration {
        peerEnvironment.assign(peerFilled)
        return ContinuousClock().measure { peerNetwork.decide(peerEnvironment, count: count) }
    }

    /// Compares the decisions.
    func check() throws {
        var environment = filled.copy()
        var recorder = Recorder(try model.makeSession(for: environment.fleet))
        try environment.finish(with: &recorder)
        peerEnvironment.assign(peerFilled)
        var agreement = Agreement()
        agreement.add(same: peerNetwork.agreements(peerEnvironment, with: recorder.actions), of: recorder.actions.count)
        try agreement.check("SPANE at \(filled.cluster.serverCount) servers")
    }
}
