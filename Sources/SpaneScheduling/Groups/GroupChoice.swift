/// Servers among which a policy chooses.
package enum ServerChoice {
    /// All.
    case all
    /// All on which a VM of a group breaks soft rules by so many VMs, those traits counted that it prefers and they lack, and no hard
    /// one.
    case breaking(Int, GroupVerdict)
    /// The servers in these places, at least one.
    case these([Int32])
}

extension Cluster {
    /// Finds a placement that the rules of a group allow: first where it breaks no soft rule and has all traits that it prefers, then
    /// where least is broken and lacking in sum, and so on.
    ///
    /// - Parameters:
    ///   - group: 0 for none.
    ///   - candidates: the places of the servers that come into question, each once; `nil` for all.
    ///   - find: looks for a placement among some servers, called until there is one, with a request that has no preferences. `isFirst`
    ///     says that it is about this VM for the first time.
    /// - Complexity: O(servers of the group) beside what `find` costs, where a placement that breaks nothing is found at once; O(candidates)
    ///   with candidates.
    package func choose<Failure: Error>(
        in group: UInt64,
        for request: Request,
        among candidates: [Int32]?,
        _ find: (_ request: Request, _ servers: ServerChoice, _ isFirst: Bool) throws(Failure) -> Placement?
    ) throws(Failure) -> Placement? {
        guard let verdict = verdict(ofGroup: group, for: request) else {
            guard let candidates else { return try find(request, .all, true) }
            return candidates.isEmpty ? nil : try find(request, .these(candidates), true)
        }
        if verdict.hasPreferencesAlone { return try choose(by: verdict, for: request, among: candidates, find) }
        let plain = verdict.prefer == 0 ? request : request.requiring(0)
        var isFirst = true
        let elsewhere = candidates == nil ? verdict.violationsElsewhere : nil
        if elsewhere == 0 {
            if let found = try find(plain, .breaking(0, verdict), true) { return found }
            guard verdict.hasSoftRules else { return nil }
            isFirst = false
        }
        let some = (candidates ?? verdict.places).map { (place: $0, broken: verdict.broken(at: Int($0), on: state)) }
        var steps = Set(some.compactMap(\.broken))
        // What servers lack on which no rule depends.
        let others = elsewhere.map { $0...$0 + verdict.prefer.nonzeroBitCount }
        if let others { steps.formUnion(others) }
        // They were looked at above.
        if elsewhere == 0 { steps.remove(0) }
        for step in steps.sorted() {
            let choice: ServerChoice =
                others?.contains(step) == true
                ? .breaking(step, verdict) : .these(some.lazy.filter { $0.broken == step }.map(\.place))
            if let found = try find(plain, choice, isFirst) { return found }
            isFirst = false
        }
        return nil
    }

    /// The same where no rules matter, but preferences alone: policies know the traits that a request requires, at no cost.
    private func choose<Failure: Error>(
        by verdict: GroupVerdict,
        for request: Request,
        among candidates: [Int32]?,
        _ find: (_ request: Request, _ servers: ServerChoice, _ isFirst: Bool) throws(Failure) -> Placement?
    ) throws(Failure) -> Placement? {
        if candidates?.isEmpty == true { return nil }
        let every = candidates.map { ServerChoice.these($0) } ?? .all
        if let found = try find(request.requiring(verdict.prefer), every, true) { return found }
        let plain = request.requiring(0)
        for lacking in 1..<verdict.prefer.nonzeroBitCount {
            var some = ServerChoice.breaking(lacking, verdict)
            if let candidates {
                let places = candidates.filter { verdict.broken(at: Int($0), on: state) == lacking }
                if places.isEmpty { continue }
                some = .these(places)
            }
            if let found = try find(plain, some, false) { return found }
        }
        // Those that have any of them have no room.
        return try find(plain, every, false)
    }

    /// The servers that the rules of a group allow, those first on which least is broken and lacking (``GroupVerdict/broken(at:on:)``); each
    /// step in the order of the candidates. `nil` where there are no rules and no preferences.
    ///
    /// - Complexity: O(candidates), O(servers) for all.
    package func allowed(in group: UInt64, for request: Request, among candidates: [Int32]?) -> [[Int32]]? {
        guard let verdict = verdict(ofGroup: group, for: request) else { return nil }
        let places = candidates ?? (0..<serverCount).map { Int32(truncatingIfNeeded: $0) }
        let steps = Dictionary(grouping: places) { verdict.broken(at: Int($0), on: state) ?? .max }
        return steps.filter { $0.key < .max }.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension Policy {
    /// The placement for a VM of a group that its rules allow, or `nil` when there is none: of those that break the fewest soft rules, and
    /// lack fewest traits that it prefers, the one that the policy prefers.
    ///
    /// - Parameter group: 0 for none.
    public mutating func placement(for request: Request, in group: UInt64, on cluster: borrowing Cluster) -> Placement?
    {
        cluster.choose(in: group, for: request, among: nil) { request, servers, isFirst in
            choose(servers, for: request, on: cluster.state, learning: isFirst)
        }
    }

    /// The placement among some servers.
    ///
    /// - Parameter learning: false for a VM of which the policy has learned before.
    package mutating func choose(
        _ servers: ServerChoice,
        for request: Request,
        on cluster: borrowing ClusterState,
        learning: Bool
    ) -> Placement? {
        let learns = isLearning
        isLearning = learns && learning
        defer { isLearning = learns }
        switch servers {
        case .all: return placement(for: request, on: cluster, among: nil)
        case .breaking(let count, let verdict):
            return placement(for: request, on: cluster) { verdict.broken(at: $0, on: cluster) == count }
        case .these(let places): return placement(for: request, on: cluster, among: places.span)
        }
    }
}
