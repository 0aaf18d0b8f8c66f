internal import SpaneBuffers
internal import SpaneHost

/// Scores of servers by request, so that a decision costs what has changed since the last one for the same request, and not the
/// number of servers.
///
/// What a ``ServerRule`` says of a server depends on the server and the request. For each of the latest requests the index has a
/// ``ScoreTree`` that follows the cluster's journal. Nobody can tell whether it was used: decisions are those of a look at every
/// server.
@safe
package final class ScoreIndex {
    /// Among fewer servers than this, looking at all of them is faster.
    package static let fewServers = 48
    /// The most bytes that all trees take.
    package static let mostBytes = 64 << 20
    // Requests that have a tree at the same time, if it is small.
    private static let mostTrees = 32
    // To forget all scores costs as much as to compute one of so many.
    private static let forgettingShare = 16

    private final class Seat {
        var request: Request?
        var context: UInt64 = 0
        var tree: ScoreTree?
        /// Whether every score is known and compared.
        var isComplete = false
        /// The changes of the cluster that the tree has taken in.
        var seen: UInt64 = 0
        var lastUse: UInt64 = 0
        /// Servers that were looked at for lack of a tree.
        var looks = 0
    }

    // The cluster that the trees are of.
    private var journal: UInt64 = 0
    private var serverCount = 0
    private var seats: [Seat] = []
    // [seat], to find the seat of a request without a look at all of them.
    private var fingerprints: [UInt64] = []
    private var uses: UInt64 = 0
    private let batch = ServerBatch()

    package init() {}

    private static func treeCount(servers: Int) -> Int {
        max(1, min(mostTrees, mostBytes / ScoreTree.bytes(servers: servers)))
    }

    /// The bytes that an index takes.
    package static func bytes(servers: Int) -> Int {
        servers < fewServers ? 0 : treeCount(servers: servers) * ScoreTree.bytes(servers: servers) + 16_384
    }

    // MARK: Deciding

    /// The placement with the highest score.
    ///
    /// - Parameter servers: the candidates, each once; ties go to the one that stands first. `nil` for all servers.
    /// - Complexity: O(changes) without candidates, otherwise O(candidates + changes), where the request came before.
    package func best(
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        guard servers?.count ?? cluster.serverCount >= Self.fewServers else {
            return scan(by: rule, for: request, on: cluster, among: servers)
        }
        let seat = seat(for: request, rule.context, on: cluster)
        if let servers {
            guard let tree = prepare(seat, for: servers.count, by: rule, for: request, on: cluster) else {
                return scan(by: rule, for: request, on: cluster, among: servers)
            }
            return best(of: servers, tree, by: rule, for: request, on: cluster)
        }
        guard let tree = complete(seat, by: rule, for: request, on: cluster) else {
            return scan(by: rule, for: request, on: cluster, among: nil)
        }
        return tree.best
    }

    /// Whether to ask for the best of all servers rather than to go on looking for the first with room, which has cost so many
    /// looks.
    func isWorthwhile(for request: Request, by rule: some ServerRule, on cluster: borrowing ClusterState) -> Bool {
        let seat = seat(for: request, rule.context, on: cluster)
        return seat.isComplete && seat.seen >= cluster.oldestRevision || seat.looks >= 4 * cluster.serverCount
    }

    /// Notes how many servers had to be looked at for lack of a tree.
    func note(looks: Int, for request: Request, by rule: some ServerRule, on cluster: borrowing ClusterState) {
        seat(for: request, rule.context, on: cluster).looks += looks
    }

    /// The best of some servers by what is known of them, and by the rule for the others.
    private func best(
        of servers: Span<Int32>,
        _ tree: ScoreTree,
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState
    ) -> Placement? {
        var (most, best, bestPosition) = (ServerBatch.noRoom, -1, Int.max)
        batch.removeAll()
        for position in 0..<servers.count {
            let server = Int(servers[position])
            let score = tree.score(server)
            if score > most {
                (most, best, bestPosition) = (score, server, position)
            } else if score == most {
                // One that was computed late may stand behind.
                if position < bestPosition { (best, bestPosition) = (server, position) }
            } else if score.isNaN {
                batch.append(server, position: position)
            }
            guard batch.isFull || position == servers.count - 1 && batch.count > 0 else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { server, position, score, nodes in
                tree.set(server, score, nodes)
                guard score > most || (score == most && position < bestPosition) else { return }
                (most, best, bestPosition) = (score, server, position)
            }
            batch.removeAll()
        }
        return most > ServerBatch.noRoom ? tree.placement(on: best) : nil
    }

    /// Looks at every server.
    private func scan(
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        let count = servers?.count ?? cluster.serverCount
        var most = ServerBatch.noRoom
        var best: Placement?
        for first in stride(from: 0, to: count, by: ServerBatch.limit) {
            batch.removeAll()
            for index in first..<min(count, first + ServerBatch.limit) {
                batch.append(selectedServer(index, of: servers))
            }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { server, _, score, nodes in
                if score > most { (most, best) = (score, Placement(server: server, nodes: nodes)) }
            }
        }
        return best
    }

    // MARK: Bringing trees up to date

    /// The tree with the scores of all servers as they are now; `nil` where there is no memory for it.
    private func complete(
        _ seat: Seat,
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState
    ) -> ScoreTree? {
        let isRecent = cluster.revision - seat.seen < UInt64(cluster.serverCount / Self.forgettingShare)
        if seat.isComplete, isRecent, let tree = seat.tree, seat.seen >= cluster.oldestRevision {
            follow(seat, tree, by: rule, for: request, on: cluster)
            return tree
        }
        guard let tree = forget(seat, on: cluster) else { return nil }
        batch.removeAll()
        for server in 0..<cluster.serverCount {
            if tree.score(server).isNaN { batch.append(server) }
            guard batch.isFull || server == cluster.serverCount - 1 else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { server, _, score, nodes in tree.set(server, score, nodes) }
            batch.removeAll()
        }
        tree.compare()
        seat.isComplete = true
        return tree
    }

    /// A tree that knows no wrong score of so many candidates; `nil` where looking at them is better.
    private func prepare(
        _ seat: Seat,
        for candidates: Int,
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState
    ) -> ScoreTree? {
        if let tree = seat.tree, seat.seen >= cluster.oldestRevision {
            guard seat.isComplete else { return forget(seat, on: cluster) }
            guard cluster.revision - seat.seen < UInt64(candidates) else { return nil }
            follow(seat, tree, by: rule, for: request, on: cluster)
            return tree
        }
        seat.looks += candidates
        return seat.looks >= cluster.serverCount / Self.forgettingShare ? forget(seat, on: cluster) : nil
    }

    /// Takes in the changes since the tree was last used.
    private func follow(
        _ seat: Seat,
        _ tree: ScoreTree,
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState
    ) {
        var last = -1
        batch.removeAll()
        while seat.seen < cluster.revision {
            let server = cluster.server(changedAt: seat.seen)
            seat.seen += 1
            if server != last { batch.append(server) }
            last = server
            guard batch.isFull || seat.seen == cluster.revision else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { server, _, score, nodes in tree.update(server, score, nodes) }
            batch.removeAll()
        }
    }

    /// A tree that knows no score of a server that changed since; it is not compared any more. `nil` where there is no memory
    /// for it.
    private func forget(_ seat: Seat, on cluster: borrowing ClusterState) -> ScoreTree? {
        seat.isComplete = false
        seat.looks = 0
        guard let tree = seat.tree else {
            let bytes = ScoreTree.bytes(servers: serverCount)
            do { try Memory.check(bytes: bytes, for: "scores of servers") } catch { return nil }
            let tree = ScoreTree(serverCount: serverCount)
            (seat.tree, seat.seen) = (tree, cluster.revision)
            return tree
        }
        if seat.seen < cluster.oldestRevision {
            tree.forgetAll()
        } else {
            for revision in seat.seen..<cluster.revision { tree.forget(cluster.server(changedAt: revision)) }
        }
        seat.seen = cluster.revision
        return tree
    }

    // MARK: Seats

    /// The seat of the request, or the one that was not used for the longest time.
    private func seat(for request: Request, _ context: UInt64, on cluster: borrowing ClusterState) -> Seat {
        if cluster.journalIdentity != journal || cluster.serverCount != serverCount { adapt(to: cluster) }
        uses += 1
        let fingerprint = Self.fingerprint(request, context)
        var oldest = 0
        for index in fingerprints.indices where fingerprints[index] == fingerprint {
            let seat = seats[index]
            guard seat.context == context, seat.request == request else { continue }
            seat.lastUse = uses
            return seat
        }
        for index in seats.indices where seats[index].lastUse < seats[oldest].lastUse { oldest = index }
        let seat = seats[oldest]
        fingerprints[oldest] = fingerprint
        (seat.request, seat.context, seat.lastUse) = (request, context, uses)
        (seat.isComplete, seat.seen, seat.looks) = (false, 0, 0)
        return seat
    }

    private func adapt(to cluster: borrowing ClusterState) {
        if cluster.serverCount != serverCount {
            serverCount = cluster.serverCount
            seats = (0..<Self.treeCount(servers: serverCount)).map { _ in Seat() }
            fingerprints = Array(repeating: 0, count: seats.count)
        }
        journal = cluster.journalIdentity
        for seat in seats { seat.seen = 0 }
    }

    @inline(__always)
    private static func fingerprint(_ request: Request, _ context: UInt64) -> UInt64 {
        var word = context ^ UInt64(truncatingIfNeeded: request.span)
        for part in [request.cpu.bitPattern, request.mem.bitPattern, request.require, request.forbid] {
            word = (word ^ part) &* 0x9E37_79B9_7F4A_7C15
            word ^= word >> 32
        }
        return word
    }
}
