internal import SpaneNetworks
internal import SpaneScheduling

/// Q of every action, on two clusters in turn.
struct ForwardContest: Contest, ~Copyable {
    let count: Int
    /// Whether every server is new to the session each time, so that nothing it kept helps.
    let isFresh: Bool
    private let first: Environment
    private let second: Environment
    private let model: Model
    private let peerFirst: PeerEnvironment
    private let peerSecond: PeerEnvironment
    private let peerNetwork: PeerNetwork

    init(servers: Int, count: Int, isFresh: Bool, model: Model) throws {
        let busy = try BusyTrace(servers: servers, count: 0, seed: UInt64(servers))
        let first = try busy.fill(count: busy.fillCount / 2)
        let second = try busy.fill(count: busy.fillCount)
        self.count = count
        self.isFresh = isFresh
        self.model = model
        self.first = first
        self.second = second
        peerFirst = busy.fillPeer(count: busy.fillCount / 2)
        peerSecond = busy.fillPeer(count: busy.fillCount)
        peerNetwork = PeerNetwork(model)
    }

    func runLibrary() throws -> Duration {
        var session = try model.makeSession(for: first.fleet)
        var scores = [Float](repeating: 0, count: first.cluster.actionCount)
        session.writeScores(for: first.request, on: first.cluster, into: &scores)
        return ContinuousClock().measure {
            for index in 0..<count {
                if isFresh, index % 2 == 1 {
                    session.begin(start: 0, on: second.cluster)
                    session.writeScores(for: second.request, on: second.cluster, into: &scores)
                } else {
                    if isFresh { session.begin(start: 0, on: first.cluster) }
                    session.writeScores(for: first.request, on: first.cluster, into: &scores)
                }
            }
        }
    }

    func runPeer() throws -> Duration {
        var scores = [Float](repeating: 0, count: first.cluster.actionCount)
        return ContinuousClock().measure {
            for index in 0..<count {
                peerNetwork.forward(isFresh && index % 2 == 1 ? peerSecond : peerFirst, into: &scores)
            }
        }
    }

    /// Compares the scores.
    func check() throws {
        let session = try model.makeSession(for: first.fleet)
        var ours = [Float](repeating: 0, count: first.cluster.actionCount)
        var theirs = ours
        session.writeScores(for: first.request, on: first.cluster, into: &ours)
        peerNetwork.forward(peerFirst, into: &theirs)
        for (one, other) in zip(ours, theirs) where abs(one - other) > 1e-4 * max(1, abs(one)) {
            throw BenchmarkError("a score is \(one) here and \(other) in the peer; the two sides differ")
        }
    }
}

extension ScoringPolicy {
    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout [Float]) {
        var span = scores.mutableSpan
        writeScores(for: request, on: cluster, into: &span)
    }
}
