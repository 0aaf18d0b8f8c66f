internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``PotentialArchitecture`` on servers with two nodes, relative to the node that it was trained on.
///
/// A score depends on one server and the request (and on the cluster's level if the potential sees it), so it is the same
/// whatever was decided before and wherever the server stands. ``GeneralPotentialSession`` is for all other servers.
@safe
final class PotentialSession: ScoringPolicy {
    private let layers: PotentialLayers
    private let normalisation: Normalisation
    private let scorer: PotentialScorer
    private var shape: ClusterShape
    private let trees: TournamentTrees
    private let tally: DecisionTally
    // What decides while there are servers that it is not for.
    private var substitute: GeneralPotentialSession?

    init(
        _ layers: PotentialLayers,
        _ normalisation: Normalisation,
        _ shape: ClusterShape,
        tally: DecisionTally = DecisionTally()
    ) {
        self.layers = layers
        self.normalisation = normalisation
        self.shape = shape
        scorer = PotentialScorer(layers, normalisation, servers: shape.serverCount, tally: tally)
        trees = TournamentTrees(servers: shape.serverCount, tally: tally)
        self.tally = tally
    }

    var counters: DecisionCounters { tally.counters }

    /// Whether it can score such a network on such servers.
    static func serves(_ shape: ClusterShape, _ architecture: PotentialArchitecture) -> Bool {
        shape.haveTwoNodes && architecture.units == .trainedNode
    }

    func begin(start: Int, on cluster: borrowing ClusterState) {
        trees.begin()
        scorer.begin()
        substitute?.begin(start: start, on: cluster)
    }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        guard shape != self.shape else { return }
        if Self.serves(shape, layers.architecture) {
            substitute = nil
            scorer.adapt(servers: shape.serverCount)
            trees.adapt(servers: shape.serverCount)
        } else if let substitute {
            try substitute.adapt(to: cluster)
        } else {
            substitute = GeneralPotentialSession(layers, normalisation, shape, tally: tally)
        }
        self.shape = shape
    }

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        if let substitute { return substitute.action(for: request, on: cluster) }
        shape.checkFits(cluster)
        return trees.isEmpty ? bestOfAll(request, cluster) : bestOnBoard(request, cluster)
    }

    func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        if let substitute { return substitute.placement(for: request, on: cluster, among: servers) }
        return actionPlacement(for: request, on: cluster, among: servers)
    }

    /// Looks at every server that has room.
    private func bestOfAll(_ request: Request, _ cluster: borrowing ClusterState) -> Action? {
        var most = -Float.infinity
        var best: Action?
        scorer.score(
            request,
            at: scorer.level(of: cluster),
            on: cluster,
            count: cluster.serverCount,
            server: { cluster.availableActions(on: $0, for: request) != 0 ? $0 : nil }
        ) { server, scores in
            guard let (score, node) = Self.best(scores, request, server, cluster) else { return }
            let action = Action(server: server, node: node)
            if let best, score < most || (score == most && action.rawValue > best.rawValue) { return }
            (most, best) = (score, action)
        }
        return best
    }

    /// Brings the tree of the request up to date.
    private func bestOnBoard(_ request: Request, _ cluster: borrowing ClusterState) -> Action? {
        let level = scorer.level(of: cluster)
        let (seat, changes) = trees.seat(for: request, at: level, on: cluster)
        if let changes {
            let seen = changes.lowerBound
            scorer.score(
                request,
                at: level,
                on: cluster,
                count: changes.count,
                server: { cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: $0)) }
            ) { position, scores in
                let server = cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: position))
                let (score, node) = Self.best(scores, request, server, cluster) ?? (-.infinity, 0)
                seat.tree.update(server, score, choice: UInt8(truncatingIfNeeded: node))
            }
        } else {
            scorer.score(request, at: level, on: cluster, count: cluster.serverCount, server: { $0 }) {
                server,
                scores in
                let (score, node) = Self.best(scores, request, server, cluster) ?? (-.infinity, 0)
                seat.tree.set(server, score, choice: UInt8(truncatingIfNeeded: node))
            }
            seat.tree.playAll()
        }
        return seat.tree.best.map { Action(server: $0.server, node: Int($0.choice)) }
    }

    /// The better of the available placements on a server, ties to node 0.
    @inline(__always)
    private static func best(
        _ scores: PotentialScorer.Scores,
        _ request: Request,
        _ server: Int,
        _ cluster: borrowing ClusterState
    ) -> (Float, Int)? {
        let available = cluster.availableActions(on: server, for: request)
        let (first, second) = (available & 1 != 0, available & 2 != 0)
        // Weights that overflow give scores that cannot be compared; such a placement is the last resort.
        let least = -Float.greatestFiniteMagnitude
        let (left, right) = (scores.0 > least ? scores.0 : least, scores.1 > least ? scores.1 : least)
        if first, !second || left >= right { return (left, 0) }
        return second ? (right, 1) : nil
    }

    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        if let substitute {
            return substitute.writeAdvantages(for: request, on: cluster, servers: servers, into: &output)
        }
        let total = servers?.count ?? cluster.serverCount
        let actions = NUMATopology.nodesPerServer
        precondition(output.count >= total * actions, "there is too little room for the scores")
        guard request.span <= actions else {
            // There is no such placement.
            for index in 0..<total * actions { output[index] = -.infinity }
            return
        }
        scorer.score(
            request,
            at: scorer.level(of: cluster),
            on: cluster,
            count: total,
            server: { selectedServer($0, of: servers) }
        ) { position, scores in
            let isCordoned = cluster.isCordoned(selectedServer(position, of: servers))
            output[2 * position] = isCordoned ? -.infinity : scores.0
            output[2 * position + 1] = isCordoned ? -.infinity : scores.1
        }
    }
}
