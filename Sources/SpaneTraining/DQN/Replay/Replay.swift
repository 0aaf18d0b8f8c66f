internal import SpaneBuffers
internal import SpaneNetworks
internal import SpaneScheduling

/// The latest decisions of the episodes played, each with the state that it was made in and its return.
///
/// It is a ring that owns all it holds: a decision is the state of the servers, what was available, the request, the
/// action, and what followed. The state after n steps is not kept twice: it stands n slots further on.
@safe
package final class Replay {
    /// The most decisions that are kept.
    package let capacity: Int
    /// The most servers of a state.
    package let largestServerCount: Int
    /// How many slots further on the state stands that a return ends in.
    package let steps: Int
    /// The decisions kept, in slots 0 ..< count.
    package internal(set) var count = 0
    /// The slot of the next decision.
    package internal(set) var next = 0

    // [slot][server][node][cpu, mem], as a network's inputs.
    let servers: FlatBuffer<Float>
    // [slot][server]: bit n says whether the request fits on node n.
    let available: FlatBuffer<UInt8>
    // [slot][cpu, mem, split], as a network's inputs.
    let requests: FlatBuffer<Float>
    let actions: FlatBuffer<Int32>
    let serverCounts: FlatBuffer<Int32>
    /// The discounted rewards up to the state that follows, or to the end of the episode.
    let returns: FlatBuffer<Float>
    /// What the value of the state that follows is multiplied by; 0 where the episode ended first.
    let discounts: FlatBuffer<Float>

    static let valuesPerServer = 2 * NUMATopology.nodesPerServer
    static let valuesPerRequest = 3

    package init(capacity: Int, servers: Int, steps: Int) {
        self.capacity = capacity
        self.steps = steps
        largestServerCount = servers
        self.servers = FlatBuffer(repeating: 0, count: capacity * servers * Self.valuesPerServer)
        available = FlatBuffer(repeating: 0, count: capacity * servers)
        requests = FlatBuffer(repeating: 0, count: capacity * Self.valuesPerRequest)
        actions = FlatBuffer(repeating: 0, count: capacity)
        serverCounts = FlatBuffer(repeating: 0, count: capacity)
        returns = FlatBuffer(repeating: 0, count: capacity)
        discounts = FlatBuffer(repeating: 0, count: capacity)
    }

    /// From the servers of one slot to those of the next.
    var serverStride: Int { largestServerCount * Self.valuesPerServer }

    func serverCount(in slot: Int) -> Int { Int(serverCounts[slot]) }

    /// Whether an action was available in the state of a slot.
    func isAvailable(_ action: Action, in slot: Int) -> Bool {
        available[slot * largestServerCount + action.server] >> UInt8(action.node) & 1 != 0
    }

    func isSplit(in slot: Int) -> Bool { requests[slot * Self.valuesPerRequest + 2] != 0 }

    /// The number of available placements in the state of a slot; both actions of a split VM on a server are one.
    func placementCount(in slot: Int) -> Int {
        let first = slot * largestServerCount
        let isSplit = isSplit(in: slot)
        var count = 0
        for server in 0..<serverCount(in: slot) {
            let bits = available[first + server]
            count += isSplit ? Int(bits & 1) : bits.nonzeroBitCount
        }
        return count
    }

    /// The slot of the state that the return of a slot ends in.
    func slotAfter(_ slot: Int) -> Int {
        let after = slot + steps
        return after < capacity ? after : after - capacity
    }

    /// Takes in an episode, over the oldest decisions once the ring is full.
    ///
    /// - Parameters:
    ///   - returns: what each decision is to be worth.
    ///   - permutation: the server of the episode that takes each place; `nil` leaves them as they are.
    package func append(_ episode: EpisodeRecord, returns: EpisodeReturns, permutation: [Int]? = nil) {
        let serverCount = episode.serverCount
        let places = permutation.map { order in
            var places = order
            for (place, server) in order.enumerated() { places[server] = place }
            return places
        }
        for index in 0..<episode.count {
            for place in 0..<serverCount {
                let server = permutation?[place] ?? place
                let from = (index * serverCount + server) * Self.valuesPerServer
                let to = next * serverStride + place * Self.valuesPerServer
                for value in 0..<Self.valuesPerServer { servers[to + value] = episode.servers[from + value] }
                available[next * largestServerCount + place] = episode.available[index * serverCount + server]
            }
            for value in 0..<Self.valuesPerRequest {
                requests[next * Self.valuesPerRequest + value] = episode.requests[index * Self.valuesPerRequest + value]
            }
            let action = episode.actions[index]
            actions[next] = Action(server: places?[action.server] ?? action.server, node: action.node).rawValue
            serverCounts[next] = Int32(serverCount)
            self.returns[next] = Float(returns.values[index])
            discounts[next] = Float(returns.discounts[index])
            next = next + 1 < capacity ? next + 1 : 0
            count = min(count + 1, capacity)
        }
    }
}
