internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``PotentialArchitecture``.
///
/// A score depends on one server and the request (and on the cluster's level if the potential sees it), so it is the same
/// whatever was decided before and wherever the server stands, and a ``ScoreIndex`` can keep it.
@safe
final class PotentialSession: ScoringPolicy {
    private let layers: PotentialLayers
    private let normalisation: Normalisation
    private var shape: ClusterShape
    private var scorer: any PotentialScorer
    // `nil` where the potential does not see the level.
    private let follower: MeanFreeCapacityFollower?
    private let index = ScoreIndex()
    private let tally = DecisionTally()

    init(_ layers: PotentialLayers, _ normalisation: Normalisation, _ shape: ClusterShape) {
        self.layers = layers
        self.normalisation = normalisation
        self.shape = shape
        scorer = Self.makeScorer(layers, normalisation, shape, tally)
        follower =
            layers.architecture.context == .cluster
            ? MeanFreeCapacityFollower(normalisation, servers: shape.serverCount) : nil
    }

    private static func makeScorer(
        _ layers: PotentialLayers,
        _ normalisation: Normalisation,
        _ shape: ClusterShape,
        _ tally: DecisionTally
    ) -> any PotentialScorer {
        isForPairs(shape, layers)
            ? PairPotentialScorer(layers, normalisation, servers: shape.serverCount, tally: tally)
            : GeneralPotentialScorer(layers, normalisation, nodes: shape.nodes.upperBound, tally: tally)
    }

    /// Whether the faster scorer will do.
    private static func isForPairs(_ shape: ClusterShape, _ layers: PotentialLayers) -> Bool {
        shape.haveTwoNodes && layers.architecture.units == .trainedNode
    }

    var counters: DecisionCounters {
        var counters = tally.counters
        counters.byTree = index.followed
        return counters
    }

    func begin(start: Int, on cluster: borrowing ClusterState) { follower?.begin() }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        guard shape != self.shape else { return }
        let isAsGood =
            Self.isForPairs(shape, layers) == Self.isForPairs(self.shape, layers)
            && shape.nodes.upperBound == self.shape.nodes.upperBound
            && (shape.serverCount == self.shape.serverCount
                || !StateNumbers.isWorthwhile(servers: max(shape.serverCount, self.shape.serverCount)))
        if !isAsGood { scorer = Self.makeScorer(layers, normalisation, shape, tally) }
        if shape.serverCount != self.shape.serverCount { follower?.adapt(servers: shape.serverCount) }
        self.shape = shape
    }

    // MARK: Deciding

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        placement(for: request, on: cluster, among: nil).map {
            shape.haveTwoNodes ? $0.action : cluster.layout.action(of: $0)
        }
    }

    func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        shape.checkFits(cluster)
        let rule = PotentialRule(scorer: scorer, level: level(of: cluster))
        return index.best(by: rule, for: request, on: cluster, among: servers)
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
        shape.checkFits(cluster)
        let count = (servers?.count ?? cluster.serverCount) * cluster.layout.placementsPerServer
        precondition(output.count >= count, "there is too little room for the scores")
        for index in 0..<count { output[index] = -.infinity }
        guard request.span <= cluster.layout.nodes else { return }
        scorer.writeAdvantages(for: request, at: level(of: cluster), on: cluster, servers: servers, into: &output)
    }

    private func level(of cluster: borrowing ClusterState) -> MeanFreeCapacity {
        follower?.level(of: cluster) ?? MeanFreeCapacity()
    }
}
