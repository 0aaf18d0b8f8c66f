internal import SpaneBuffers
internal import SpaneScheduling

/// A ``PlacementBoard`` for each of the latest requests at their levels, which follow the cluster's journal. Small clusters have
/// none: looking at all of their servers is faster.
@safe
final class PlacementBoards {
    // Below this many servers looking at all of them is faster than following the journal.
    private static let fewServers = 48
    // Requests that have a board at the same time; where the level matters, at the latest levels.
    private static let boardCount = 32

    private final class Seat {
        var board: PlacementBoard
        init(serverCount: Int) { board = PlacementBoard(serverCount: serverCount) }
    }

    private var seats: [Seat] = []
    private var uses: UInt64 = 0

    init(servers: Int) { adapt(servers: servers) }

    /// Expects a cluster with another number of servers.
    func adapt(servers: Int) {
        seats = (0..<Self.count(servers: servers)).map { _ in Seat(serverCount: servers) }
    }

    /// Expects another cluster.
    func begin() {
        for seat in seats { seat.board.seenRevision = 0 }
    }

    /// Whether the cluster is too small for boards.
    var isEmpty: Bool { seats.isEmpty }

    private static func count(servers: Int) -> Int { servers >= fewServers ? boardCount : 0 }

    /// The bytes that the boards take.
    static func bytes(servers: Int) -> Int { count(servers: servers) * PlacementBoard.bytes(servers: servers) }

    /// Brings the board of the request up to date and reads the best placement off it.
    ///
    /// - Parameter score: called with a number of servers, which servers these are, and what takes the best placement on each of
    ///   them: server, score, choice; -infinity where there is none.
    /// - Complexity: O(changes since the last call), O(servers) for a request without a board.
    @inline(__always)
    func best(
        for request: Request,
        at level: ClusterLevel,
        on cluster: borrowing Cluster,
        _ score: (Int, (Int) -> Int, (Int, Float, UInt8) -> Void) -> Void
    ) -> (server: Int, choice: UInt8)? {
        uses += 1
        let seat = seat(for: request, level)
        seat.board.lastUse = uses
        let seen = seat.board.seenRevision
        let revision = cluster.revision
        if seat.board.request != request || seat.board.level != level || seen < cluster.oldestRevision {
            seat.board.request = request
            seat.board.level = level
            score(cluster.serverCount, { $0 }, { seat.board.set($0, $1, choice: $2) })
            seat.board.playAll()
        } else {
            score(
                Int(truncatingIfNeeded: revision - seen),
                { cluster.server(changedAt: seen + UInt64(truncatingIfNeeded: $0)) },
                { seat.board.update($0, $1, choice: $2) }
            )
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
}
