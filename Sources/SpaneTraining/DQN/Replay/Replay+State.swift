internal import SpaneBuffers
internal import SpaneScheduling

extension Replay {
    /// Adds all that is remembered to a state, under `replay/`.
    package func write(to state: inout LearnerState) {
        let nodes = serverStride
        state.set("replay/position", [count, next])
        state.set("replay/servers", (0..<count * nodes).map { servers[$0] })
        state.set("replay/available", (0..<count * largestServerCount).map { Int(available[$0]) })
        state.set("replay/requests", (0..<count * Self.valuesPerRequest).map { requests[$0] })
        state.set("replay/actions", (0..<count).map { Int(actions[$0]) })
        state.set("replay/server_counts", (0..<count).map { Int(serverCounts[$0]) })
        state.set("replay/returns", (0..<count).map { returns[$0] })
        state.set("replay/discounts", (0..<count).map { discounts[$0] })
    }

    /// Takes over what ``write(to:)`` wrote.
    ///
    /// - Throws: ``LearnerStateError`` naming an entry that is missing or cannot be of such a replay; nothing changes
    ///   then.
    package func read(from state: LearnerState) throws(LearnerStateError) {
        let position = try state.integers("replay/position", count: 2)
        let (newCount, newNext) = (position[0], position[1])
        guard newCount >= 0, newCount <= capacity, newNext >= 0, newNext < capacity,
            newCount == capacity || newNext == newCount
        else {
            throw LearnerStateError("replay/position is \(position); it must be a count and a slot of \(capacity)")
        }
        let newServers = try state.floats("replay/servers", count: newCount * serverStride)
        let newAvailable = try state.integers("replay/available", count: newCount * largestServerCount)
        let newRequests = try state.floats("replay/requests", count: newCount * Self.valuesPerRequest)
        let newActions = try state.integers("replay/actions", count: newCount)
        let newServerCounts = try state.integers("replay/server_counts", count: newCount)
        let newReturns = try state.floats("replay/returns", count: newCount)
        let newDiscounts = try state.floats("replay/discounts", count: newCount)
        if let bits = newAvailable.first(where: { $0 < 0 || $0 >= 1 << NUMATopology.nodesPerServer }) {
            throw LearnerStateError("replay/available has \(bits), which are not the nodes of a server")
        }
        for (slot, action) in newActions.enumerated() {
            let servers = newServerCounts[slot]
            guard servers >= 1, servers <= largestServerCount else {
                throw LearnerStateError(
                    "replay/server_counts has \(servers); it must be in 1 ... \(largestServerCount)"
                )
            }
            guard action >= 0, action < servers * NUMATopology.nodesPerServer,
                newAvailable[slot * largestServerCount + Action(action).server] >> Action(action).node & 1 != 0
            else { throw LearnerStateError("replay/actions has \(action), which was not available") }
        }
        (count, next) = (newCount, newNext)
        for (index, value) in newServers.enumerated() { servers[index] = value }
        for (index, value) in newAvailable.enumerated() { available[index] = UInt8(value) }
        for (index, value) in newRequests.enumerated() { requests[index] = value }
        for (index, value) in newActions.enumerated() { actions[index] = Int32(value) }
        for (index, value) in newServerCounts.enumerated() { serverCounts[index] = Int32(value) }
        for (index, value) in newReturns.enumerated() { returns[index] = value }
        for (index, value) in newDiscounts.enumerated() { discounts[index] = value }
    }
}
