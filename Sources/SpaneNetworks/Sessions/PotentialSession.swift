internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``PotentialArchitecture``.
///
/// A score depends on one server and the request (and on the cluster's level if the potential sees it), so it is the same
/// whatever was decided before and wherever the server stands. On large clusters each of the latest requests has a
/// ``PlacementBoard`` for its level, which follows the cluster's journal.
@safe
final class PotentialSession: ScoringPolicy {
    // Below this many servers looking at all of them is faster than following the journal.
    private static let fewServers = 48
    // Requests that have a board at the same time; where the level matters, at the latest levels.
    private static let boardCount = 32

    private final class Seat {
        var board: PlacementBoard
        init(serverCount: Int) { board = PlacementBoard(serverCount: serverCount) }
    }

    private let scorer: PotentialScorer
    private var shape: ClusterShape
    private var seats: [Seat] = []
    private var uses: UInt64 = 0

    init(_ layers: PotentialLayers, _ normalisation: Normalisation, _ shape: ClusterShape) {
        scorer = PotentialScorer(layers, normalisation, servers: shape.serverCount)
        self.shape = shape
        makeSeats()
    }

    func begin(start: Int, on cluster: borrowing Cluster) {
        // It may be another cluster.
        for seat in seats { seat.board.seenRevision = 0 }
        scorer.begin()
    }

    func adapt(to cluster: borrowing Cluster) throws(NetworkError) {
        let shape = ClusterShape(cluster)
        try shape.checkHasTwoNodes()
        guard shape != self.shape else { return }
        self.shape = shape
        scorer.adapt(servers: shape.serverCount)
        makeSeats()
    }

    private static func boards(servers: Int) -> Int { servers >= fewServers ? boardCount : 0 }

    /// The bytes that the boards take.
    static func boardBytes(servers: Int) -> Int { boards(servers: servers) * PlacementBoard.bytes(servers: servers) }

    private func makeSeats() {
        let count = Self.boards(servers: shape.serverCount)
        seats = (0..<count).map { _ in Seat(serverCount: shape.serverCount) }
    }

    func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        precondition(
            ClusterShape(cluster) == shape,
            "the session is made for \(shape.serverCount) servers; adapt it to the cluster first"
        )
        return seats.isEmpty ? bestOfAll(request, cluster) : bestOnBoard(request, cluster)
    }

    /// Looks at every server that has room.
    private func bestOfAll(_ request: Request, _ cluster: borrowing Cluster) -> Action? {
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

    /// Brings the board of the request up to date.
    private func bestOnBoard(_ request: Request, _ cluster: borrowing Cluster) -> Action? {
        uses += 1
        let level = scorer.level(of: cluster)
        let seat = seat(for: request, level)
        seat.board.lastUse = uses
        let seen = seat.board.seenRevision
        let revision = cluster.revision
        if seat.board.request != request || seat.board.level != level || seen < cluster.oldestRevision {
            seat.board.request = request
            seat.board.level = level
            scorer.score(request, at: level, on: cluster, count: cluster.serverCount, server: { $0 }) {
                server,
                scores in
                let (score, node) = Self.best(scores, request, server, cluster) ?? (-.infinity, 0)
                seat.board.set(server, score, node: node)
            }
            seat.board.playAll()
        } else {
            scorer.score(
                request,
                at: level,
                on: cluster,
                count: Int(truncatingIfNeeded: revision - seen),
                server: { cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: $0)) }
            ) { position, scores in
                let server = cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: position))
                let (score, node) = Self.best(scores, request, server, cluster) ?? (-.infinity, 0)
                seat.board.update(server, score, node: node)
            }
        }
        seat.board.seenRevision = revision
        return seat.board.best
    }

    /// The board of the request at a level, or the one that was not used for the longest time.
    private func seat(for request: Request, _ level: ClusterLevel) -> Seat {
        var oldest = seats[0]
        for seat in seats {
            if seat.board.request == request, seat.board.level == level { return seat }
            if seat.board.lastUse < oldest.board.lastUse { oldest = seat }
        }
        return oldest
    }

    /// The better of the available placements on a server, ties to node 0.
    @inline(__always)
    private static func best(
        _ scores: PotentialScorer.Scores,
        _ request: Request,
        _ server: Int,
        _ cluster: borrowing Cluster
    ) -> (Float, Int)? {
        let available = cluster.availableActions(on: server, for: request)
        let (first, second) = (available & 1 != 0, available & 2 != 0)
        // Weights that overflow give scores that cannot be compared; such a placement is the last resort.
        let least = -Float.greatestFiniteMagnitude
        let (left, right) = (scores.0 > least ? scores.0 : least, scores.1 > least ? scores.1 : least)
        if first, !second || left >= right { return (left, 0) }
        return second ? (right, 1) : nil
    }

    func writeScores(for request: Request, on cluster: borrowing Cluster, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing Cluster,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        let total = servers?.count ?? cluster.serverCount
        precondition(output.count >= total * NUMATopology.nodesPerServer, "there is too little room for the scores")
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
