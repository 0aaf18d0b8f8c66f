extension Cluster {
    /// Carries out one move of a plan.
    ///
    /// - Throws: `notFound`, `invalidArgument` when there is no such server or node, `badState` when the VM does not run at the source
    ///   any more, `unavailableAction` when the target has no room while the source holds it; nothing changes then.
    /// - Complexity: O(1).
    public mutating func apply(_ move: Move) throws(SchedulingError) {
        guard let (placement, request) = find(move.vm) else {
            throw SchedulingError(.notFound, "id is \(move.vm), which is not placed")
        }
        guard placement == move.source else {
            throw SchedulingError(
                .badState,
                "the plan is out of date: VM \(move.vm) runs on \(placement), not on \(move.source)"
            )
        }
        let target = try inside(move.target)
        try checkNodes(target, for: request)
        guard state.isAvailable(target, for: request) else {
            throw SchedulingError(
                .unavailableAction,
                "the plan is out of date: \(move.target) has no room for VM \(move.vm)"
            )
        }
        try self.move(move.vm, to: move.target)
    }

    /// Carries out a plan, wholly or not at all.
    ///
    /// - Throws: as ``apply(_:)-(Move)``, when the fleet has overtaken the plan.
    /// - Complexity: O(moves).
    public mutating func apply(_ plan: MovePlan) throws(SchedulingError) {
        beginTrial()
        do {
            for move in plan.moves { try apply(move) }
        } catch {
            try dropTrial()
            throw error
        }
        try keepTrial()
    }
}
