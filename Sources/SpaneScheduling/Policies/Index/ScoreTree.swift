internal import SpaneBuffers

/// The score of one request on every server, the greatest of every sixteen scores, of every sixteen of those, and so on.
///
/// A server that changes is compared with the greatest of its group; only where that changes is the next level looked at.
@safe
final class ScoreTree {
    /// The score of a server that is not known.
    static let unknown = Double.nan

    // Two cache lines of scores; fewer are more levels, more are longer groups.
    private static let shift = 4
    private static let fan = 1 << shift

    private let serverCount: Int
    // Level after level, scores of servers first, each padded to whole groups with what never wins.
    private let values: FlatBuffer<Double>
    // [level]: where it begins.
    private let starts: FlatBuffer<Int>
    // [server]
    private let nodes: FlatBuffer<UInt8>

    init(serverCount: Int) {
        self.serverCount = serverCount
        let starts = Self.starts(serverCount)
        self.starts = FlatBuffer(starts)
        values = FlatBuffer(repeating: ServerBatch.noRoom, count: (starts.last ?? 0) + Self.fan)
        nodes = FlatBuffer(repeating: 0, count: serverCount)
        forgetAll()
    }

    /// Where levels begin, down to the one that has a single value.
    private static func starts(_ serverCount: Int) -> [Int] {
        var (starts, length) = ([0], serverCount)
        while length > 1 || starts.count == 1 {
            let groups = (length + fan - 1) >> shift
            starts.append((starts.last ?? 0) + groups << shift)
            length = groups
        }
        return starts
    }

    /// The bytes that a tree takes.
    static func bytes(servers: Int) -> Int {
        let values = (starts(servers).last ?? 0) + fan
        return values * MemoryLayout<Double>.stride + servers + 512
    }

    // MARK: Servers

    /// The score of a server.
    @inline(__always)
    func score(_ server: Int) -> Double { values[server] }

    /// The nodes of the best placement on a server.
    func nodes(_ server: Int) -> NodeSet { NodeSet(rawValue: nodes[server]) }

    /// Sets the score of a server alone; see ``compare()``.
    @inline(__always)
    func set(_ server: Int, _ score: Double, _ set: NodeSet) {
        values[server] = score
        nodes[server] = set.rawValue
    }

    /// Forgets the score of a server; see ``compare()``.
    @inline(__always)
    func forget(_ server: Int) { values[server] = Self.unknown }

    /// Forgets all scores; see ``compare()``.
    func forgetAll() {
        for server in 0..<serverCount { values[server] = Self.unknown }
    }

    // MARK: All servers, when every score is known

    /// Compares all scores.
    ///
    /// - Complexity: O(servers).
    func compare() {
        for level in 1..<starts.count {
            let groups = (starts[level] - starts[level - 1]) >> Self.shift
            for group in 0..<groups { values[starts[level] + group] = greatest(of: group, on: level - 1) }
        }
    }

    /// Sets the score of a server and compares it.
    ///
    /// - Complexity: O(1) mostly, O(log servers) where the greatest score changes.
    @inline(__always)
    func update(_ server: Int, _ score: Double, _ set: NodeSet) {
        var (index, value, before) = (server, score, values[server])
        self.set(server, score, set)
        for level in 1..<starts.count {
            index >>= Self.shift
            let place = starts[level] + index
            let top = values[place]
            if value <= top {
                guard before == top, value < top else { return }
                value = greatest(of: index, on: level - 1)
                guard value < top else { return }
            }
            values[place] = value
            before = top
        }
    }

    /// The server with the greatest score, the first of several; `nil` where there is no room.
    ///
    /// - Complexity: O(log servers).
    var best: Int? {
        let top = values[starts[starts.count - 1]]
        guard top > ServerBatch.noRoom else { return nil }
        var index = 0
        for level in (0..<starts.count - 1).reversed() {
            index <<= Self.shift
            while values[starts[level] + index] != top { index += 1 }
        }
        return index
    }

    @inline(__always)
    private func greatest(of group: Int, on level: Int) -> Double {
        let first = starts[level] + group << Self.shift
        // Four chains of comparisons rather than one.
        var most = InlineArray<4, Double>(repeating: ServerBatch.noRoom)
        for value in stride(from: first, to: first + Self.fan, by: 4) {
            for lane in 0..<4 { most[lane] = values[value + lane] > most[lane] ? values[value + lane] : most[lane] }
        }
        return max(max(most[0], most[1]), max(most[2], most[3]))
    }
}
