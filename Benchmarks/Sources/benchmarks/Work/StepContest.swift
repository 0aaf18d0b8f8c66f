internal import SpaneScheduling

/// Episodes under First Fit: the speed of the environment.
struct StepContest: Contest {
    let trace: Trace
    let servers: Int
    let episodes: Episodes
    private let peerEnvironment: PeerEnvironment

    init(_ trace: Trace, servers: Int, episodes: Episodes) {
        self.trace = trace
        self.servers = servers
        self.episodes = episodes
        peerEnvironment = PeerEnvironment(trace, servers: servers)
    }

    func runLibrary() throws -> Duration {
        var environment = try Environment(trace: trace, fleet: Fleet(servers: servers))
        var policy = FirstFit()
        return try ContinuousClock().measure { _ = try episodes.play(&environment, &policy) }
    }

    func runPeer() throws -> Duration {
        ContinuousClock().measure { _ = peerEnvironment.firstFit(episodes) }
    }

    /// Both sides must wait equally long, to the last bit.
    func check() throws {
        var environment = try Environment(trace: trace, fleet: Fleet(servers: servers))
        var policy = FirstFit()
        let ours = try episodes.play(&environment, &policy)
        let theirs = peerEnvironment.firstFit(episodes)
        guard ours == theirs else {
            throw BenchmarkError("First Fit waits \(ours) s here and \(theirs) s in the peer; the two sides differ")
        }
    }
}
