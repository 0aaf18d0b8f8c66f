internal import SpaneBuffers
internal import SpaneSystem

/// Scores of servers by request, so that a decision costs what has changed since the last one for the same request, and not the
/// number of servers.
///
/// What a ``ServerRule`` says of a server depends on the server and the request. For each of the latest requests the index has a
/// ``ScoreTree`` that follows the cluster's journal. Nobody can tell whether it was used: decisions are those of a look at every
/// server.
@safe
package final class ScoreIndex {
    /// Among fewer servers than this, looking at all of them is faster with most rules; see ``ServerRule/fewServers``.
    package static let fewServers = 48
    /// The same with a rule that takes long for a server.
    package static let fewestServers = 12
    /// The most bytes that all trees take.
    package static let mostBytes = 64 << 20
    // Requests that have a tree at the same time, if it is small.
    private static let mostTrees = 32
    private static let mostNewcomers = 64
    // To take more servers out of a tree than these takes longer than to list those that pass.
    private static let mostRefused = 128
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

    // Whose scores the trees have: of all servers without a list.
    private let list: CandidateList?
    private var recentLists = RecentLists()
    // The cluster that the trees are of.
    private var journal: UInt64 = 0
    private var serverCount = 0
    private var seats: [Seat] = []
    // [seat], to find the seat of a request without a look at all of them.
    private var fingerprints: [UInt64] = []
    // Of requests that came once while all seats were taken, the latest.
    private var newcomers: [UInt64] = []
    private var nextNewcomer = 0
    private var uses: UInt64 = 0
    private let states = ServerStates()
    private let batch = ServerBatch()

    /// Decisions for which only the servers had to be scored that had changed since the last one for the same request.
    package private(set) var followed = 0

    /// Makes an index of all servers.
    package init() { list = nil }

    /// Makes an index of some servers of one cluster.
    init(_ list: CandidateList) { self.list = list }

    private static func treeCount(servers: Int, in most: Int) -> Int {
        max(1, min(mostTrees, most / ScoreTree.bytes(servers: servers)))
    }

    /// The bytes that an index takes; lists of candidates that come again take as much at most, if there is memory for it.
    ///
    /// - Parameter most: what all trees take at most.
    package static func bytes(servers: Int, in most: Int = mostBytes) -> Int {
        guard servers >= fewestServers else { return 0 }
        return treeCount(servers: servers, in: most) * ScoreTree.bytes(servers: servers)
            + ServerStates.bytes(servers: servers) + 16_384
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
        let count = servers?.count ?? cluster.serverCount
        guard count >= rule.fewServers else {
            return scan(by: rule, for: request, on: cluster, count: count) { selectedServer($0, of: servers) }
        }
        adapt(to: cluster)
        if let servers, let index = recentLists.index(of: servers) {
            let before = index.followed
            defer { followed += index.followed - before }
            return index.bestOfAll(by: rule, for: request, on: cluster)
        }
        guard let servers else { return bestOfAll(by: rule, for: request, on: cluster) }
        guard let seat = seat(for: request, rule.context),
            let tree = prepare(seat, for: servers.count, by: rule, for: request, on: cluster)
        else {
            return scan(by: rule, for: request, on: cluster, count: servers.count) { Int(servers[$0]) }
        }
        return best(of: servers, tree, by: rule, for: request, on: cluster)
    }

    /// The placement with the highest score on servers that pass a test; ties go to the one that stands first.
    ///
    /// - Complexity: as of all servers, where few that do not pass have higher scores; otherwise O(servers).
    func best(
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        adapt(to: cluster)
        if cluster.serverCount >= rule.fewServers, let seat = seat(for: request, rule.context),
            let tree = complete(seat, by: rule, for: request, on: cluster)
        {
            // Those that do not pass are out of the tree until the first one that does is found.
            var refused: [(server: Int, score: Double, nodes: NodeSet)] = []
            defer { for entry in refused { tree.update(entry.server, entry.score, entry.nodes) } }
            while refused.count < Self.mostRefused {
                guard let server = tree.best else { return nil }
                if isAllowed(server) { return Placement(server: server, nodes: tree.nodes(server)) }
                refused.append((server, tree.score(server), tree.nodes(server)))
                tree.update(server, ServerBatch.noRoom, .none)
            }
        }
        let allowed = cluster.servers(where: isAllowed)
        return best(by: rule, for: request, on: cluster, among: allowed.span)
    }

    /// The placement with the highest score on the servers of this index.
    private func bestOfAll(
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState
    ) -> Placement? {
        adapt(to: cluster)
        guard let seat = seat(for: request, rule.context),
            let tree = complete(seat, by: rule, for: request, on: cluster)
        else {
            return scan(by: rule, for: request, on: cluster, count: count) { server(at: $0) }
        }
        return tree.best.map { Placement(server: server(at: $0), nodes: tree.nodes($0)) }
    }

    /// Whether to ask for the best of all servers rather than to go on looking for the first with room, which has cost so many
    /// looks.
    func isWorthwhile(for request: Request, by rule: some ServerRule, on cluster: borrowing ClusterState) -> Bool {
        adapt(to: cluster)
        guard let seat = seat(for: request, rule.context) else { return false }
        return seat.isComplete && seat.seen >= cluster.oldestRevision || seat.looks >= 4 * cluster.serverCount
    }

    /// Notes how many servers had to be looked at for lack of a tree.
    func note(looks: Int, for request: Request, by rule: some ServerRule, on cluster: borrowing ClusterState) {
        adapt(to: cluster)
        seat(for: request, rule.context)?.looks += looks
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
            } else if score.isNaN {
                batch.append(server, position: position)
            }
            guard batch.isFull || position == servers.count - 1 && batch.count > 0 else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { server, position, score, nodes in
                tree.set(server, score, nodes)
                // It was computed late and may stand before one that was known.
                guard score > most || (score == most && position < bestPosition) else { return }
                (most, best, bestPosition) = (score, server, position)
            }
            batch.removeAll()
        }
        return most > ServerBatch.noRoom ? Placement(server: best, nodes: tree.nodes(best)) : nil
    }

    /// Looks at every server.
    private func scan(
        by rule: some ServerRule,
        for request: Request,
        on cluster: borrowing ClusterState,
        count: Int,
        server: (Int) -> Int
    ) -> Placement? {
        var most = ServerBatch.noRoom
        var best: Placement?
        for first in stride(from: 0, to: count, by: ServerBatch.limit) {
            batch.removeAll()
            for index in first..<min(count, first + ServerBatch.limit) { batch.append(server(index)) }
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
            followed += 1
            return tree
        }
        guard let tree = forget(seat, on: cluster) else { return nil }
        batch.removeAll()
        let count = self.count
        for position in 0..<count {
            if tree.score(position).isNaN { batch.append(server(at: position), position: position) }
            guard batch.isFull || position == count - 1 else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { _, position, score, nodes in tree.set(position, score, nodes) }
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
            if server != last, let position = position(of: server) { batch.append(server, position: position) }
            last = server
            guard batch.isFull || seat.seen == cluster.revision && batch.count > 0 else { continue }
            rule.score(batch, for: request, on: cluster)
            batch.forEach { _, position, score, nodes in tree.update(position, score, nodes) }
            batch.removeAll()
        }
    }

    /// A tree that knows no score of a server that changed since; it is not compared any more. `nil` where there is no memory
    /// for it.
    private func forget(_ seat: Seat, on cluster: borrowing ClusterState) -> ScoreTree? {
        seat.isComplete = false
        seat.looks = 0
        guard let tree = seat.tree else {
            let bytes = ScoreTree.bytes(servers: count)
            do { try Memory.check(bytes: bytes, for: "scores of servers") } catch { return nil }
            let tree = ScoreTree(serverCount: count)
            (seat.tree, seat.seen) = (tree, cluster.revision)
            return tree
        }
        if seat.seen >= cluster.oldestRevision {
            for revision in seat.seen..<cluster.revision {
                if let position = position(of: cluster.server(changedAt: revision)) { tree.forget(position) }
            }
        } else if states.knows(since: seat.seen) {
            for position in 0..<count where states.hasChanged(server(at: position), since: seat.seen) {
                tree.forget(position)
            }
        } else {
            tree.forgetAll()
        }
        seat.seen = cluster.revision
        return tree
    }

    // MARK: Servers of the index

    private var count: Int { list?.count ?? serverCount }

    @inline(__always)
    private func server(at position: Int) -> Int { list?.server(at: position) ?? position }

    @inline(__always)
    private func position(of server: Int) -> Int? {
        if let list { return list.position(of: server) }
        return server
    }

    /// Forgets what was of another cluster.
    private func adapt(to cluster: borrowing ClusterState) {
        defer { if list == nil { states.follow(cluster) } }
        guard cluster.journalIdentity != journal || cluster.serverCount != serverCount else { return }
        states.forget()
        recentLists.removeAll()
        let isNew = seats.isEmpty || cluster.serverCount != serverCount
        (journal, serverCount) = (cluster.journalIdentity, cluster.serverCount)
        if isNew {
            let most = list == nil ? Self.mostBytes : Self.mostBytes / RecentLists.limit
            seats = (0..<Self.treeCount(servers: count, in: most)).map { _ in Seat() }
            fingerprints = Array(repeating: 0, count: seats.count)
        }
        for seat in seats { seat.seen = 0 }
    }

    // MARK: Seats

    /// The seat of the request, or the one that was not used for the longest time. While all seats are taken there is `nil` for
    /// a request that comes for the first time: most of them never come again.
    private func seat(for request: Request, _ context: UInt64) -> Seat? {
        uses += 1
        let fingerprint = Self.fingerprint(request, context)
        for index in fingerprints.indices where fingerprints[index] == fingerprint {
            let seat = seats[index]
            guard seat.context == context, seat.request == request else { continue }
            seat.lastUse = uses
            return seat
        }
        var oldest = 0
        for index in seats.indices where seats[index].lastUse < seats[oldest].lastUse { oldest = index }
        let seat = seats[oldest]
        if seat.request != nil, !newcomers.contains(fingerprint) {
            if newcomers.count < Self.mostNewcomers {
                newcomers.append(fingerprint)
            } else {
                newcomers[nextNewcomer] = fingerprint
                nextNewcomer = (nextNewcomer + 1) % Self.mostNewcomers
            }
            return nil
        }
        fingerprints[oldest] = fingerprint
        (seat.request, seat.context, seat.lastUse) = (request, context, uses)
        (seat.isComplete, seat.seen, seat.looks) = (false, 0, 0)
        return seat
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
