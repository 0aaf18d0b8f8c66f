internal import SpaneNetworks
internal import SpaneScheduling

/// Episodes under one SPANE model: what an evaluation does, on one thread.
struct EpisodeContest: Contest {
    let trace: Trace
    let servers: Int
    let episodes: Episodes
    private let model: Model
    private let peerEnvironment: PeerEnvironment
    private let peerNetwork: PeerNetwork

    init(_ trace: Trace, servers: Int, episodes: Episodes, model: Model) {
        self.trace = trace
        self.servers = servers
        self.episodes = episodes
        self.model = model
        peerEnvironment = PeerEnvironment(trace, servers: servers)
        peerNetwork = PeerNetwork(model)
    }

    func runLibrary() throws -> Duration {
        let fleet = try Fleet(servers: servers)
        var environment = try Environment(trace: trace, fleet: fleet)
        var session = try model.makeSession(for: fleet)
        return try ContinuousClock().measure { _ = try episodes.play(&environment, &session) }
    }

    func runPeer() throws -> Duration {
        ContinuousClock().measure { _ = peerNetwork.decide(peerEnvironment, episodes) }
    }

    /// Compares the decisions of some episodes.
    func check() throws {
        let fleet = try Fleet(servers: servers)
        var environment = try Environment(trace: trace, fleet: fleet)
        var recorder = Recorder(try model.makeSession(for: fleet))
        var agreement = Agreement()
        let some = episodes.prefix(100)
        for episode in 0..<some.count {
            let (start, length) = (Int(some.starts[episode]), Int(some.lengths[episode]))
            recorder.actions.removeAll(keepingCapacity: true)
            try environment.reset(start: start, until: .length(length))
            try environment.finish(with: &recorder)
            peerEnvironment.reset(start: start, length: length)
            let same = peerNetwork.agreements(peerEnvironment, with: recorder.actions)
            agreement.add(same: same, of: recorder.actions.count)
        }
        try agreement.check("SPANE episodes")
    }
}
