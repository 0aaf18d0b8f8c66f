/// What is to be done to take back one change.
enum Reversal: Sendable {
    case release(UInt64)
    case record(UInt64, Request, group: UInt64, Placement)
    case settle(UInt64, Request, Placement)
    case rename(UInt64, to: UInt64)
    case cordon(Int)
    case uncordon(Int)
    case setFree(Resources, server: Int, node: Int)
    case setDomain(Int32, place: Int, level: Int)
    case setRules([GroupRule], of: UInt64)
    case setExpiry(Double?, of: UInt64)
}

/// The changes since the trials began that are open.
struct TrialLog: Sendable {
    // Placements and servers are places, which stay what they are as long as a trial is open.
    private var reversals: [Reversal] = []
    // [open trial]: how many changes came before it.
    private var starts: [Int] = []

    /// How many trials are open, one within another.
    var depth: Int { starts.count }

    mutating func begin() { starts.append(reversals.count) }

    /// Ends the innermost trial, whose changes are those of the one around it now.
    mutating func keep() {
        starts.removeLast()
        if starts.isEmpty { reversals.removeAll(keepingCapacity: true) }
    }

    /// Ends the innermost trial.
    ///
    /// - Returns: its changes, the latest first.
    mutating func drop() -> [Reversal] {
        let start = starts.removeLast()
        defer { reversals.removeSubrange(start...) }
        return reversals[start...].reversed()
    }

    /// Notes a change, if a trial is open.
    mutating func note(_ reversal: @autoclosure () -> Reversal) {
        if !starts.isEmpty { reversals.append(reversal()) }
    }
}

extension Cluster {
    /// How many trials are open, one within another.
    public var trialDepth: Int { trials.depth }

    /// Begins a trial: what changes from now on can be taken back by ``dropTrial()``, which answers what would happen if.
    ///
    /// VMs may come, go, move and change, and servers fail and be cordoned. Servers are not added, removed or resized meanwhile.
    /// Trials may be opened within one another.
    ///
    /// - Complexity: O(1); a change in a trial takes some 100 bytes until it ends.
    public mutating func beginTrial() {
        trials.begin()
        tell(.beginTrial)
    }

    /// Ends the innermost trial and keeps its changes.
    ///
    /// - Throws: `badState` when no trial is open.
    /// - Complexity: O(1).
    public mutating func keepTrial() throws(SchedulingError) {
        try checkTrial(isOpen: true)
        trials.keep()
        tell(.keepTrial)
    }

    /// Ends the innermost trial and takes its changes back.
    ///
    /// - Throws: `badState` when no trial is open.
    /// - Complexity: O(changes).
    public mutating func dropTrial() throws(SchedulingError) {
        try checkTrial(isOpen: true)
        for reversal in trials.drop() { perform(reversal) }
        tell(.dropTrial)
    }

    /// Refuses what cannot be done now.
    func checkTrial(isOpen: Bool) throws(SchedulingError) {
        guard (trials.depth > 0) != isOpen else { return }
        throw SchedulingError(
            .badState,
            isOpen
                ? "no trial is open"
                : "a trial is open; servers can be added, removed and resized when all trials have ended"
        )
    }

    private mutating func perform(_ reversal: Reversal) {
        switch reversal {
        case .release(let id): remove(id)
        case .record(let id, let request, let group, let place): add(id, request, in: group, at: place)
        case .settle(let id, let request, let place): settle(id, request, at: place)
        case .rename(let id, let other): changeID(id, to: other)
        case .cordon(let place): state.cordon(place)
        case .uncordon(let place): state.uncordon(place)
        case .setFree(let amount, let place, let node): state.setFree(amount, server: place, node: node)
        case .setDomain(let domain, let place, let level):
            domains.set(place, level: level, to: domain)
            groups.noteDomain()
        case .setRules(let rules, let group): groups.set(rules, of: group)
        case .setExpiry(let end, let id): reservations.set(id, to: end)
        }
    }
}
