internal import SpaneBuffers
internal import SpaneScheduling

/// What each node of a server adds to the potential for a request, by the state of the nodes, as far as it was needed lately:
/// what ``ScoreCache`` is for two nodes.
struct GeneralScoreCache: ~Copyable {
    /// Values of a node in a key.
    let width: Int
    /// The most nodes of a server.
    let nodes: Int

    private let size: Int
    private let owners: FlatBuffer<Int64>
    // [entry][node][value]
    private let keys: FlatBuffer<Double>
    // [entry][gain]; see ``GeneralPotentialScorer``.
    private let gains: FlatBuffer<Double>
    private let situations = SituationNumbers()

    /// A power of two: states of many nodes are many, and each takes more room.
    private static func size(nodes: Int) -> Int { nodes > 4 ? 1 << 14 : 1 << 15 }

    /// The bytes that it takes.
    static func bytes(nodes: Int, width: Int) -> Int {
        size(nodes: nodes) * (nodes * width + nodes + 2) * MemoryLayout<Double>.stride + SituationNumbers.bytes
    }

    init(nodes: Int, width: Int) {
        self.nodes = nodes
        self.width = width
        size = Self.size(nodes: nodes)
        owners = FlatBuffer(repeating: -1, count: size)
        keys = FlatBuffer(repeating: 0, count: size * nodes * width)
        gains = FlatBuffer(repeating: 0, count: size * (nodes + 1))
    }

    /// See ``SituationNumbers/number(of:at:)``.
    func number(of request: Request, at level: MeanFreeCapacity) -> Int64 { situations.number(of: request, at: level) }

    /// Who an entry belongs to: a situation, and a number of nodes.
    static func owner(_ number: Int64, nodes: Int) -> Int64 { number &* 16 &+ Int64(nodes) }

    /// Where what is known of such a server is kept.
    ///
    /// - Parameters:
    ///   - states: [slot][node][value] of servers.
    ///   - slot: of the server.
    ///   - count: its number of nodes.
    @inline(__always)
    func place(of states: borrowing FlatBuffer<Double>, slot: Int, count: Int, owner: Int64) -> Int {
        let first = slot * nodes * width
        var word = UInt64(bitPattern: owner)
        for index in stride(from: first, to: first + count * width, by: 2) {
            word = ScoreCache.hash(Resources(cpu: states[index], mem: states[index + 1]), word)
        }
        return Int(truncatingIfNeeded: word) & (size - 1)
    }

    /// Copies what is kept at a place to `output`, [slot][gain], if it is of this server.
    @inline(__always)
    func recall(
        _ place: Int,
        _ states: borrowing FlatBuffer<Double>,
        slot: Int,
        count: Int,
        owner: Int64,
        to output: borrowing FlatBuffer<Double>
    ) -> Bool {
        guard owners[place] == owner else { return false }
        let (first, kept) = (slot * nodes * width, place * nodes * width)
        for index in 0..<count * width where states[first + index] != keys[kept + index] { return false }
        for index in 0...count { output[slot * (nodes + 1) + index] = gains[place * (nodes + 1) + index] }
        return true
    }

    /// Keeps what was computed for the server of a slot.
    func store(
        _ place: Int,
        _ states: borrowing FlatBuffer<Double>,
        slot: Int,
        count: Int,
        owner: Int64,
        from computed: borrowing FlatBuffer<Double>
    ) {
        owners[place] = owner
        let (first, kept) = (slot * nodes * width, place * nodes * width)
        for index in 0..<count * width { keys[kept + index] = states[first + index] }
        for index in 0...count { gains[place * (nodes + 1) + index] = computed[slot * (nodes + 1) + index] }
    }
}
