internal import SpaneBuffers
internal import SpaneScheduling

/// The best placement of one request on every server, and a tournament that knows the best of all.
///
/// A server that changes plays its matches again, one on each level, so a decision costs the changes since the last one
/// and not the servers.
struct TournamentTree: ~Copyable {
    /// The request; `nil` while the tree is free.
    var request: Request?
    /// The level of the cluster that the scores are for.
    var level = MeanFreeCapacity()
    /// The changes of the cluster that the tree has taken in.
    var seenRevision: UInt64 = 0
    /// When the tree was last used.
    var lastUse: UInt64 = 0

    // The servers, padded to a power of two.
    private let leaves: Int
    // -infinity where there is no room, which not even the worst score is.
    private let scores: FlatBuffer<Float>
    // What the placement is on its server: a node, or a set of nodes.
    private let choices: FlatBuffer<UInt8>
    // winners[1] is the winner of all, winners[i] of 2i and 2i + 1; matches of the first round look at scores.
    private let winners: FlatBuffer<Int32>

    private static func leaves(_ servers: Int) -> Int {
        var leaves = 2
        while leaves < servers { leaves *= 2 }
        return leaves
    }

    /// The bytes that a tree takes.
    static func bytes(servers: Int) -> Int {
        let leaf = MemoryLayout<Float>.stride + MemoryLayout<UInt8>.stride + MemoryLayout<Int32>.stride
        return 256 + leaves(servers) * leaf
    }

    init(serverCount: Int) {
        leaves = Self.leaves(serverCount)
        scores = FlatBuffer(repeating: -.infinity, count: leaves)
        choices = FlatBuffer(repeating: 0, count: leaves)
        winners = FlatBuffer(repeating: 0, count: leaves)
    }

    /// The best placement, ties to the lowest server; `nil` when there is no room anywhere.
    var best: (server: Int, choice: UInt8)? {
        let server = Int(winners[1])
        return scores[server] > -.infinity ? (server, choices[server]) : nil
    }

    /// Sets the best placement of a server without a look at the others; see ``playAll()``.
    @inline(__always)
    func set(_ server: Int, _ score: Float, choice: UInt8) {
        scores[server] = score
        choices[server] = choice
    }

    /// Sets the best placement of a server and plays its matches.
    ///
    /// - Complexity: O(log servers).
    @inline(__always)
    func update(_ server: Int, _ score: Float, choice: UInt8) {
        set(server, score, choice: choice)
        var match = (server + leaves) / 2
        while match >= 1 {
            play(match)
            match /= 2
        }
    }

    /// Plays all matches.
    ///
    /// - Complexity: O(servers).
    func playAll() {
        for match in stride(from: leaves - 1, through: 1, by: -1) { play(match) }
    }

    @inline(__always)
    private func play(_ match: Int) {
        let isFirstRound = 2 * match >= leaves
        let left = isFirstRound ? Int32(truncatingIfNeeded: 2 * match - leaves) : winners[2 * match]
        let right = isFirstRound ? left + 1 : winners[2 * match + 1]
        // The left one has the lower number and wins a tie.
        winners[match] = scores[Int(right)] > scores[Int(left)] ? right : left
    }
}
