import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// What the scores of every kind of network must be like.
enum ScoreChecks {
    /// The largest error relative to the largest term; infinite when a score is not a number.
    static func error(_ scores: [Float], _ expected: NaiveNetwork.Scores) -> Double {
        let errors = zip(scores, expected.values).map { abs(Double($0) - $1) / expected.largestTerm }
        return errors.allSatisfy(\.isFinite) ? errors.max() ?? 0 : .infinity
    }

    /// One session after another state of the cluster scores as the naive network does.
    static func equalsTheNaiveNetwork(
        _ model: Model,
        servers: Int,
        within tolerance: Double,
        _ generator: inout Xoshiro256StarStar
    ) throws {
        let fleet = try Fleet(servers: servers)
        let naive = NaiveNetwork(model)
        let session = try model.makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        for round in 0..<6 {
            // The empty cluster first: all servers are equal there.
            if round > 0 { cluster.fillAtRandom(steps: 45, &generator) }
            let request = RandomModel.request(&generator)
            let error = error(session.scores(request, cluster), naive.scores(request, cluster.freeOfAllNodes))
            try #require(error <= tolerance, "\(model.architecture), round \(round)")
        }
    }

    /// Permuting the servers, and where `swapsNodes` also their nodes, permutes the scores bit for bit.
    static func permute(
        _ model: Model,
        servers: Int,
        swapsNodes: Bool,
        _ generator: inout Xoshiro256StarStar
    ) throws {
        let fleet = try Fleet(servers: servers)
        let session = try model.makeSession(for: fleet)
        let other = try model.makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        var permuted = ClusterState(fleet)
        for _ in 0..<6 {
            cluster.fillAtRandom(steps: 45, &generator)
            let free = cluster.freeOfAllNodes
            var nodes: [Int] = []
            for server in (0..<servers).shuffled(using: &generator) {
                let first = swapsNodes ? generator.below(2) : 0
                nodes += [2 * server + first, 2 * server + 1 - first]
            }
            permuted.fill(leaving: nodes.map { free[$0] })
            let request = RandomModel.request(&generator)
            let scores = session.scores(request, cluster).map(\.bitPattern)
            let moved = other.scores(request, permuted).map(\.bitPattern)
            try #require(moved == nodes.map { scores[$0] }, "\(model.architecture)")
        }
    }
}
