internal import SpaneBuffers
internal import SpaneScheduling

/// A number for what each server with two nodes has left, the same for servers that have the same left on their nodes, in
/// either order.
///
/// A fleet of 100,000 servers has some 20,000 states, so that a request that never came before costs the states and not the
/// servers. States that no server has any more keep their numbers until those run out; then all are numbered again.
@safe
final class StateNumbers {
    private struct State: BitwiseCopyable, Equatable {
        var first = Resources(cpu: .nan, mem: .nan)
        var second = Resources(cpu: .nan, mem: .nan)
    }

    private let serverCount: Int
    private let limit: Int
    // [server]: the number, and whether its nodes stand in the other order.
    private let numbers: FlatBuffer<Int32>
    private let areExchanged: FlatBuffer<Bool>
    // [number]
    private let states: FlatBuffer<State>
    // A hash table with linear probing, at most half full: numbers, -1 where there is none.
    private let table: FlatBuffer<Int32>
    private var count = 0
    private var seen: UInt64 = 0
    private var journal: UInt64 = 0
    // [number]: the potential, a NaN where it is not known; the situation that its scores are of, and the scores.
    private let potentials: FlatBuffer<Float>
    private let situations: FlatBuffer<Int64>
    private let scores: FlatBuffer<ScoreCache.Scores>

    /// Fewer servers have few states.
    static func isWorthwhile(servers: Int) -> Bool { servers >= 1024 }

    /// The bytes that it takes.
    static func bytes(servers: Int) -> Int {
        guard isWorthwhile(servers: servers) else { return 0 }
        let perState =
            MemoryLayout<State>.stride + MemoryLayout<Int64>.stride + MemoryLayout<ScoreCache.Scores>.stride
            + MemoryLayout<Float>.stride
        return servers * (MemoryLayout<Int32>.stride + 1) + limit(servers) * perState
            + tableSize(servers) * MemoryLayout<Int32>.stride
    }

    private static func limit(_ servers: Int) -> Int { 2 * servers }

    private static func tableSize(_ servers: Int) -> Int {
        var size = 1024
        while size < 2 * limit(servers) { size *= 2 }
        return size
    }

    init(servers: Int) {
        serverCount = servers
        limit = Self.limit(servers)
        numbers = FlatBuffer(repeating: 0, count: servers)
        areExchanged = FlatBuffer(repeating: false, count: servers)
        states = FlatBuffer(repeating: State(), count: limit)
        table = FlatBuffer(repeating: -1, count: Self.tableSize(servers))
        potentials = FlatBuffer(repeating: .nan, count: limit)
        situations = FlatBuffer(repeating: -1, count: limit)
        scores = FlatBuffer(repeating: (0, 0), count: limit)
    }

    /// Takes in the changes of a cluster.
    ///
    /// - Complexity: O(changes).
    func follow(_ cluster: borrowing ClusterState) {
        if cluster.journalIdentity != journal { seen = 0 }
        journal = cluster.journalIdentity
        if limit - count < serverCount { forgetStates() }
        cluster.forEachServer(changedSince: &seen) { take($0, of: cluster) }
    }

    /// The number of a server.
    @inline(__always)
    func number(_ server: Int) -> Int { Int(numbers[server]) }

    /// Whether the nodes of a server stand in the other order than those of its state.
    @inline(__always)
    func isExchanged(_ server: Int) -> Bool { areExchanged[server] }

    /// The potential of a state, whatever is requested; a NaN where it is not known.
    @inline(__always)
    func potential(_ number: Int) -> Float { potentials[number] }

    func store(potential: Float, _ number: Int) { potentials[number] = potential }

    /// The scores of a state in a situation, if they were the latest to be stored.
    @inline(__always)
    func scores(_ number: Int, in situation: Int64) -> ScoreCache.Scores? {
        situations[number] == situation ? scores[number] : nil
    }

    func store(_ scores: ScoreCache.Scores, _ number: Int, in situation: Int64) {
        situations[number] = situation
        self.scores[number] = scores
    }

    private func forgetStates() {
        for place in 0..<table.count { table[place] = -1 }
        (count, seen) = (0, 0)
    }

    private func take(_ server: Int, of cluster: borrowing ClusterState) {
        var state = State(
            first: cluster.offeredSteps(server: server, node: 0),
            second: cluster.offeredSteps(server: server, node: 1)
        )
        let isExchanged = PairPotentialScorer.precedes(state.second, state.first)
        if isExchanged { (state.first, state.second) = (state.second, state.first) }
        areExchanged[server] = isExchanged
        let hash = ScoreCache.hash(state.second, ScoreCache.hash(state.first, 0))
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] >= 0, states[Int(table[place])] != state { place = (place + 1) & (table.count - 1) }
        if table[place] < 0 {
            // There is always room: `follow` sees to it that as many numbers are left as there are servers, and a server that
            // changed often since is only looked at as it is now.
            precondition(count < limit, "there are more states than servers")
            table[place] = Int32(truncatingIfNeeded: count)
            states[count] = state
            potentials[count] = .nan
            situations[count] = -1
            count += 1
        }
        numbers[server] = table[place]
    }
}
