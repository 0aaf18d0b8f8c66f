/// The latest decisions of the episodes played, each with the state that it was made in and its return.
///
/// It is a ring that owns all it holds: a decision is the state of the servers, what was available, the request, the
/// action, and what followed. The state after n steps is not kept twice: it stands n slots further on. All of a decision
/// stands together, because a batch touches decisions all over the memory.
@safe
package final class ReplayBuffer {
    /// The most decisions that are kept.
    package let capacity: Int
    /// How many slots further on the state stands that a return ends in.
    package let steps: Int
    /// The decisions kept, in slots 0 ..< count.
    package internal(set) var count = 0
    /// The slot of the next decision.
    package internal(set) var next = 0

    /// The state of each decision and the action taken; its two values for the learner are the return and its discount.
    package let states: StateRecords

    /// The values of a record that are the buffer's own.
    enum Field {
        /// The discounted rewards up to the state that follows, or to the end of the episode.
        static let returns = StateRecords.Field.learner
        /// What the value of the state that follows is multiplied by; 0 where the episode ended first.
        static let discount = StateRecords.Field.learner + 1
    }

    /// The bytes of a buffer of so many decisions on so many servers.
    static func bytes(capacity: Int, servers: Int) -> Int { StateRecords.bytes(count: capacity, servers: servers) }

    package init(capacity: Int, servers: ClosedRange<Int>, steps: Int) {
        self.capacity = capacity
        self.steps = steps
        states = StateRecords(count: capacity, servers: servers)
    }

    // MARK: Looking at a decision

    /// The return.
    package func returns(in slot: Int) -> Float { states.value(Field.returns, in: slot) }

    /// What the value of the state after the return counts.
    package func discount(in slot: Int) -> Float { states.value(Field.discount, in: slot) }

    /// The slot of the state that the return of a slot ends in.
    func slotAfter(_ slot: Int) -> Int {
        let after = slot + steps
        return after < capacity ? after : after - capacity
    }

    // MARK: Taking in

    /// Takes in an episode, over the oldest decisions once the ring is full.
    ///
    /// - Parameters:
    ///   - returns: what each decision is to be worth.
    ///   - permutation: the server of the episode that takes each place; `nil` leaves them as they are.
    package func append(_ episode: Trajectory, returns: EpisodeReturns, permutation: [Int]? = nil) {
        let serverCount = episode.serverCount
        precondition(
            states.serverCounts.contains(serverCount),
            "the replay buffer is for \(states.serverCounts) servers, not \(serverCount)"
        )
        let places = permutation.map { order in
            var places = order
            for (place, server) in order.enumerated() { places[server] = place }
            return places
        }
        for index in 0..<episode.count {
            states.set(Field.returns, in: next, Float(returns.values[index]))
            states.set(Field.discount, in: next, Float(returns.discounts[index]))
            states.set(next, to: episode, index, permutation: permutation, places: places)
            next = next + 1 < capacity ? next + 1 : 0
            count = min(count + 1, capacity)
        }
    }
}
