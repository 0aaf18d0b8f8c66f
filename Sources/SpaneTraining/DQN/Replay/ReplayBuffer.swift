internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks
package import SpaneScheduling

/// The latest decisions of the episodes played, each with the state that it was made in and its return.
///
/// It is a ring that owns all it holds: a decision is the state of the servers, what was available, the request, the
/// action, and what followed. The state after n steps is not kept twice: it stands n slots further on. All of a decision
/// stands together, because a batch touches decisions all over the memory.
@safe
package final class ReplayBuffer {
    /// The most decisions that are kept.
    package let capacity: Int
    /// The numbers of servers that a state may have.
    package let serverCounts: ClosedRange<Int>
    /// How many slots further on the state stands that a return ends in.
    package let steps: Int
    /// The decisions kept, in slots 0 ..< count.
    package internal(set) var count = 0
    /// The slot of the next decision.
    package internal(set) var next = 0

    // [slot][header, then the servers]; whole numbers are exact.
    let records: FlatBuffer<Float>
    // The values of a record, and from one record to the next: whole cache lines.
    let recordLength: Int
    let recordStride: Int

    /// What a record begins with.
    enum Header {
        static let serverCount = 0
        static let action = 1
        /// The discounted rewards up to the state that follows, or to the end of the episode.
        static let returns = 2
        /// What the value of the state that follows is multiplied by; 0 where the episode ended first.
        static let discount = 3
        /// cpu, mem and split, as a network's inputs.
        static let request = 4
        static let length = 7
    }

    /// The inputs that describe a server: cpu and mem left on each node.
    static let valuesPerServer = 2 * NUMATopology.nodesPerServer
    /// In a record a server has one value more: bit n says whether the request fits on node n.
    static let serverLength = valuesPerServer + 1
    /// The inputs that describe a request.
    static let valuesPerRequest = 3

    private static let cacheLine = 16

    private static func recordLength(servers: Int) -> Int { Header.length + servers * serverLength }

    private static func recordStride(servers: Int) -> Int {
        (recordLength(servers: servers) + cacheLine - 1) / cacheLine * cacheLine
    }

    /// The bytes of a replay of so many decisions on so many servers.
    static func bytes(capacity: Int, servers: Int) -> Int {
        capacity * recordStride(servers: servers) * MemoryLayout<Float>.stride
    }

    package init(capacity: Int, servers: ClosedRange<Int>, steps: Int) {
        self.capacity = capacity
        self.steps = steps
        serverCounts = servers
        recordLength = Self.recordLength(servers: servers.upperBound)
        recordStride = Self.recordStride(servers: servers.upperBound)
        records = FlatBuffer(repeating: 0, count: capacity * recordStride)
    }

    // MARK: Looking at a decision

    func value(_ field: Int, in slot: Int) -> Float { records[slot * recordStride + field] }

    /// The number of servers.
    package func serverCount(in slot: Int) -> Int { Int(value(Header.serverCount, in: slot)) }

    /// The action taken.
    package func action(in slot: Int) -> Action { Action(Int(value(Header.action, in: slot))) }

    /// The return.
    package func returns(in slot: Int) -> Float { value(Header.returns, in: slot) }

    /// What the value of the state after the return counts.
    package func discount(in slot: Int) -> Float { value(Header.discount, in: slot) }

    /// One of the inputs that describe the request.
    func request(_ index: Int, in slot: Int) -> Float { value(Header.request + index, in: slot) }

    func isSplit(in slot: Int) -> Bool { request(2, in: slot) != 0 }

    /// The inputs of a server.
    @unsafe
    func inputs(of server: Int, in slot: Int) -> UnsafePointer<Float> {
        unsafe UnsafePointer(records.base + slot * recordStride + Header.length + server * Self.serverLength)
    }

    /// The nodes of a server that the request fits on, as bits.
    package func available(on server: Int, in slot: Int) -> UInt8 {
        UInt8(value(Header.length + server * Self.serverLength + Self.valuesPerServer, in: slot))
    }

    /// Whether an action was available in the state of a slot.
    func isAvailable(_ action: Action, in slot: Int) -> Bool {
        available(on: action.server, in: slot) >> UInt8(action.node) & 1 != 0
    }

    /// The number of available placements in the state of a slot; both actions of a split VM on a server are one.
    func placementCount(in slot: Int) -> Int {
        let isSplit = isSplit(in: slot)
        var count = 0
        for server in 0..<serverCount(in: slot) {
            let bits = available(on: server, in: slot)
            count += isSplit ? Int(bits & 1) : bits.nonzeroBitCount
        }
        return count
    }

    /// The slot of the state that the return of a slot ends in.
    func slotAfter(_ slot: Int) -> Int {
        let after = slot + steps
        return after < capacity ? after : after - capacity
    }

    /// Asks for a decision to be brought near.
    @inline(__always)
    func prefetch(_ slot: Int) {
        let record = unsafe records.base + slot * recordStride
        for start in stride(from: 0, to: recordStride, by: Self.cacheLine) {
            unsafe training_prefetch(record + start)
        }
    }

    // MARK: Remembering

    /// Takes in an episode, over the oldest decisions once the ring is full.
    ///
    /// - Parameters:
    ///   - returns: what each decision is to be worth.
    ///   - permutation: the server of the episode that takes each place; `nil` leaves them as they are.
    package func append(_ episode: Trajectory, returns: EpisodeReturns, permutation: [Int]? = nil) {
        let serverCount = episode.serverCount
        precondition(
            serverCounts.contains(serverCount),
            "the replay is for \(serverCounts) servers, not \(serverCount)"
        )
        let places = permutation.map { order in
            var places = order
            for (place, server) in order.enumerated() { places[server] = place }
            return places
        }
        for index in 0..<episode.count {
            let record = next * recordStride
            let action = episode.actions[index]
            let place = places?[action.server] ?? action.server
            records[record + Header.serverCount] = Float(serverCount)
            records[record + Header.action] = Float(Action(server: place, node: action.node).index)
            records[record + Header.returns] = Float(returns.values[index])
            records[record + Header.discount] = Float(returns.discounts[index])
            for value in 0..<Self.valuesPerRequest {
                records[record + Header.request + value] = episode.requests[index * Self.valuesPerRequest + value]
            }
            for place in 0..<serverCount {
                let server = index * serverCount + (permutation?[place] ?? place)
                let to = record + Header.length + place * Self.serverLength
                for value in 0..<Self.valuesPerServer {
                    records[to + value] = episode.servers[server * Self.valuesPerServer + value]
                }
                records[to + Self.valuesPerServer] = Float(episode.available[server])
            }
            next = next + 1 < capacity ? next + 1 : 0
            count = min(count + 1, capacity)
        }
    }
}
