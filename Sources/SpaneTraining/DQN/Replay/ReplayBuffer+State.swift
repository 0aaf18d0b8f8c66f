internal import SpaneScheduling

extension ReplayBuffer {
    /// Adds all decisions to a state: `replay/position` holds the count and the next slot, `replay/records`
    /// for each decision the number of servers, the action, the return, its discount, the three inputs of the request, and
    /// of each server the four inputs and the nodes that have room as bits (0 for servers that are not there).
    package func write(to state: inout LearnerState) {
        state.set("replay/position", [count, next])
        var values: [Float] = []
        let length = states.recordLength
        values.reserveCapacity(count * length)
        for slot in 0..<count {
            let used = StateRecords.Field.count + states.serverCount(in: slot) * StateRecords.serverLength
            for field in 0..<length { values.append(field < used ? states.value(field, in: slot) : 0) }
        }
        state.set("replay/records", values)
    }

    /// Takes over what ``write(to:)`` wrote.
    ///
    /// - Throws: ``LearnerStateError`` naming an entry that is missing or cannot be of such a buffer; nothing changes
    ///   then.
    package func read(from state: LearnerState) throws(LearnerStateError) {
        let position = try state.integers("replay/position", count: 2)
        let (newCount, newNext) = (position[0], position[1])
        guard newCount >= 0, newCount <= capacity, newNext >= 0, newNext < capacity,
            newCount == capacity || newNext == newCount
        else {
            throw LearnerStateError("replay/position is \(position); it must be a count and a slot of \(capacity)")
        }
        let length = states.recordLength
        let values = try state.floats("replay/records", count: newCount * length)
        for slot in 0..<newCount { try check(values[slot * length..<(slot + 1) * length], slot) }
        (count, next) = (newCount, newNext)
        for slot in 0..<newCount {
            for field in 0..<length { states.set(field, in: slot, values[slot * length + field]) }
        }
    }

    /// Refuses what could not be looked at safely.
    private func check(_ record: ArraySlice<Float>, _ slot: Int) throws(LearnerStateError) {
        let first = record.startIndex
        func whole(_ field: Int, below limit: Int) -> Int? {
            let value = record[first + field]
            return value >= 0 && value < Float(limit) && value == value.rounded() ? Int(value) : nil
        }
        guard let servers = whole(StateRecords.Field.serverCount, below: states.serverCounts.upperBound + 1),
            states.serverCounts.contains(servers),
            let action = whole(StateRecords.Field.action, below: servers * NUMATopology.nodesPerServer)
        else { throw LearnerStateError("replay/records has a decision in slot \(slot) on servers that are not there") }
        for server in 0..<servers {
            let field =
                StateRecords.Field.count + server * StateRecords.serverLength + StateRecords.valuesPerServer
            guard let bits = whole(field, below: 1 << NUMATopology.nodesPerServer),
                server != Action(action).server || bits >> Action(action).node & 1 != 0
            else { throw LearnerStateError("replay/records has an action in slot \(slot) that was not available") }
        }
        guard record.allSatisfy(\.isFinite) else {
            throw LearnerStateError("replay/records has a value in slot \(slot) that is not finite")
        }
    }
}
