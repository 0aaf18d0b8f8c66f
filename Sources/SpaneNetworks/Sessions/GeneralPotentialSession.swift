internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``PotentialArchitecture`` on servers with any nodes, or relative to each node's own capacity.
///
/// It is to ``GeneralPotentialScorer`` what ``PotentialSession`` is to ``PotentialScorer``.
@safe
final class GeneralPotentialSession: ScoringPolicy {
    private let layers: PotentialLayers
    private let normalisation: Normalisation
    private var shape: ClusterShape
    private var scorer: GeneralPotentialScorer
    private let trees: TournamentTrees
    private let tally: DecisionTally
    // What decides while all servers are such as it is for.
    private var substitute: PotentialSession?

    init(
        _ layers: PotentialLayers,
        _ normalisation: Normalisation,
        _ shape: ClusterShape,
        tally: DecisionTally = DecisionTally()
    ) {
        self.tally = tally
        self.layers = layers
        self.normalisation = normalisation
        self.shape = shape
        scorer = GeneralPotentialScorer(
            layers,
            normalisation,
            nodes: shape.nodes.upperBound,
            servers: shape.serverCount,
            tally: tally
        )
        trees = TournamentTrees(servers: shape.serverCount, tally: tally)
    }

    var counters: DecisionCounters { tally.counters }

    func begin(start: Int, on cluster: borrowing ClusterState) {
        trees.begin()
        scorer.begin()
        substitute?.begin(start: start, on: cluster)
    }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        guard shape != self.shape else { return }
        if PotentialSession.serves(shape, layers.architecture) {
            if let substitute {
                try substitute.adapt(to: cluster)
            } else {
                substitute = PotentialSession(layers, normalisation, shape, tally: tally)
            }
        } else {
            substitute = nil
            if shape.nodes.upperBound != scorer.nodes {
                scorer = GeneralPotentialScorer(
                    layers,
                    normalisation,
                    nodes: shape.nodes.upperBound,
                    servers: shape.serverCount,
                    tally: tally
                )
            } else {
                scorer.adapt(servers: shape.serverCount)
            }
            trees.adapt(servers: shape.serverCount)
        }
        self.shape = shape
    }

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        if let substitute { return substitute.action(for: request, on: cluster) }
        return placement(for: request, on: cluster, among: nil).map { cluster.layout.action(of: $0) }
    }

    func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        if let substitute { return substitute.placement(for: request, on: cluster, among: servers) }
        shape.checkFits(cluster)
        let level = scorer.level(of: cluster)
        guard servers == nil, !trees.isEmpty else { return best(request, level, cluster, among: servers) }
        let (seat, changes) = trees.seat(for: request, at: level, on: cluster)
        if let changes {
            let seen = changes.lowerBound
            forEachBest(
                request,
                level,
                cluster,
                count: changes.count,
                server: { cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: $0)) },
                { seat.tree.update($0, $1, choice: $2.rawValue) }
            )
        } else {
            forEachBest(
                request,
                level,
                cluster,
                count: cluster.serverCount,
                server: { $0 },
                { seat.tree.set($0, $1, choice: $2.rawValue) }
            )
            seat.tree.playAll()
        }
        return seat.tree.best.map { Placement(server: $0.server, nodes: NodeSet(rawValue: $0.choice)) }
    }

    /// Calls `body` with the best placement on each of some servers, -infinity where there is none.
    @inline(__always)
    private func forEachBest(
        _ request: Request,
        _ level: MeanFreeCapacity,
        _ cluster: borrowing ClusterState,
        count: Int,
        server: (Int) -> Int,
        _ body: (_ server: Int, _ score: Float, NodeSet) -> Void
    ) {
        let scorer = scorer
        scorer.score(
            request,
            at: level,
            on: cluster,
            count: count,
            server: { position in
                let server = server(position)
                if cluster.nodesWithRoom(on: server, for: request).count >= request.span { return server }
                body(server, -.infinity, .none)
                return nil
            }
        ) { position, slot in
            let server = server(position)
            let room = cluster.nodesWithRoom(on: server, for: request)
            let (score, set) = scorer.best(slot, of: room, request, on: server, cluster) ?? (-.infinity, .none)
            body(server, score, set)
        }
    }

    /// Looks at every server that is given, or at all of them.
    private func best(
        _ request: Request,
        _ level: MeanFreeCapacity,
        _ cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var most = -Float.infinity
        var best: Placement?
        forEachBest(
            request,
            level,
            cluster,
            count: servers?.count ?? cluster.serverCount,
            server: { selectedServer($0, of: servers) },
            { server, score, set in
                guard !set.isEmpty else { return }
                let placement = Placement(server: server, nodes: set)
                if let best, score < most || (score == most && placement > best) { return }
                (most, best) = (score, placement)
            }
        )
        return best
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
        shape.checkFits(cluster)
        let total = servers?.count ?? cluster.serverCount
        let layout = cluster.layout
        let actions = layout.placementsPerServer
        precondition(output.count >= total * actions, "there is too little room for the scores")
        // Nodes that no server has and servers that are cordoned have no score.
        for index in 0..<total * actions { output[index] = -.infinity }
        guard request.span <= layout.nodes else { return }
        let sets = (0..<actions).map { layout.placement(of: Action($0), span: request.span).nodes }
        let scorer = scorer
        scorer.score(
            request,
            at: scorer.level(of: cluster),
            on: cluster,
            count: total,
            server: { position in
                let server = selectedServer(position, of: servers)
                return cluster.isCordoned(server) ? nil : server
            }
        ) { position, slot in
            let nodes = NodeSet(first: cluster.nodeCount(of: selectedServer(position, of: servers)))
            for action in 0..<actions where nodes.isSuperset(of: sets[action]) {
                output[position * actions + action] = scorer.score(slot, sets[action])
            }
        }
    }
}
