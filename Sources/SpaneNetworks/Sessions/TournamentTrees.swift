internal import SpaneBuffers
internal import SpaneScheduling

/// A ``TournamentTree`` for each of the latest requests at their levels, which follow the cluster's journal. Small clusters have
/// none: looking at all of their servers is faster.
@safe
final class TournamentTrees {
    // Below this many servers looking at all of them is faster than following the journal.
    private static let fewServers = 48
    // Requests that have a tree at the same time; where the level matters, at the latest levels.
    private static let boardCount = 32

    /// A tree where it can be held.
    final class Seat {
        var tree: TournamentTree
        init(serverCount: Int) { tree = TournamentTree(serverCount: serverCount) }
    }

    private var seats: [Seat] = []
    private var uses: UInt64 = 0

    private let tally: DecisionTally

    init(servers: Int, tally: DecisionTally) {
        self.tally = tally
        adapt(servers: servers)
    }

    /// Expects a cluster with another number of servers.
    func adapt(servers: Int) {
        seats = (0..<Self.count(servers: servers)).map { _ in Seat(serverCount: servers) }
    }

    /// Expects another cluster.
    func begin() {
        for seat in seats { seat.tree.seenRevision = 0 }
    }

    /// Whether the cluster is too small for trees.
    var isEmpty: Bool { seats.isEmpty }

    private static func count(servers: Int) -> Int { servers >= fewServers ? boardCount : 0 }

    /// The bytes that the trees take.
    static func bytes(servers: Int) -> Int { count(servers: servers) * TournamentTree.bytes(servers: servers) }

    /// The tree of the request at a level, and the changes of the cluster that are to be taken in before it is asked; `nil` where
    /// all servers are to be set.
    func seat(
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState
    ) -> (seat: Seat, changes: Range<UInt64>?) {
        uses += 1
        let seat = seat(for: request, level)
        seat.tree.lastUse = uses
        let seen = seat.tree.seenRevision
        let isKnown = seat.tree.request == request && seat.tree.level == level && seen >= cluster.oldestRevision
        if isKnown {
            tally.counters.byTree += 1
        } else {
            seat.tree.request = request
            seat.tree.level = level
        }
        seat.tree.seenRevision = cluster.revision
        return (seat, isKnown ? seen..<cluster.revision : nil)
    }

    /// The tree of the request at a level, or the one that was not used for the longest time.
    private func seat(for request: Request, _ level: MeanFreeCapacity) -> Seat {
        var oldest = seats[0]
        for seat in seats {
            if seat.tree.request == request, seat.tree.level == level { return seat }
            if seat.tree.lastUse < oldest.tree.lastUse { oldest = seat }
        }
        return oldest
    }
}
