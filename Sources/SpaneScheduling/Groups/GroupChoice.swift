/// Servers among which a policy chooses.
package enum ServerChoice {
    /// All.
    case all
    /// All on which a VM of a group breaks soft rules by so many VMs, and no hard one.
    case breaking(Int, GroupVerdict)
    /// The servers in these places, at least one.
    case these([Int32])
}

extension Cluster {
    /// Finds a placement that the rules of a group allow: first where it breaks no soft rule, then where it breaks them by fewest VMs,
    /// and so on.
    ///
    /// - Parameters:
    ///   - group: 0 for none.
    ///   - candidates: the places of the servers that come into question, each once; `nil` for all.
    ///   - find: looks for a placement among some servers, called until there is one. `isFirst` says that it is about this VM for the
    ///     first time.
    /// - Complexity: O(servers of the group) beside what `find` costs, where a placement that breaks nothing is found at once; O(candidates)
    ///   with candidates.
    package func choose<Failure: Error>(
        in group: UInt64,
        for request: Request,
        among candidates: [Int32]?,
        _ find: (_ servers: ServerChoice, _ isFirst: Bool) throws(Failure) -> Placement?
    ) throws(Failure) -> Placement? {
        guard let verdict = verdict(ofGroup: group, for: request) else {
            guard let candidates else { return try find(.all, true) }
            return candidates.isEmpty ? nil : try find(.these(candidates), true)
        }
        var isFirst = true
        let elsewhere = candidates == nil ? verdict.violationsElsewhere : nil
        if elsewhere == 0 {
            if let found = try find(.breaking(0, verdict), true) { return found }
            guard verdict.hasSoftRules else { return nil }
            isFirst = false
        }
        let some = (candidates ?? verdict.places).map { (place: $0, violations: verdict.violations(at: Int($0))) }
        var steps = Set(some.compactMap(\.violations))
        if let elsewhere { steps.insert(elsewhere) }
        // They were looked at above.
        if elsewhere == 0 { steps.remove(0) }
        for step in steps.sorted() {
            let choice: ServerChoice =
                step == elsewhere
                ? .breaking(step, verdict) : .these(some.lazy.filter { $0.violations == step }.map(\.place))
            if let found = try find(choice, isFirst) { return found }
            isFirst = false
        }
        return nil
    }

    /// The servers that the rules of a group allow, those first on which they are broken by fewest VMs; each step in the order of the
    /// candidates. `nil` where the group has no rules.
    ///
    /// - Complexity: O(candidates), O(servers) for all.
    package func allowed(in group: UInt64, for request: Request, among candidates: [Int32]?) -> [[Int32]]? {
        guard let verdict = verdict(ofGroup: group, for: request) else { return nil }
        let places = candidates ?? (0..<serverCount).map { Int32(truncatingIfNeeded: $0) }
        let steps = Dictionary(grouping: places) { verdict.violations(at: Int($0)) ?? .max }
        return steps.filter { $0.key < .max }.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension Policy {
    /// The placement for a VM of a group that its rules allow, or `nil` when there is none: of those that break the fewest soft rules
    /// the one that the policy prefers.
    ///
    /// - Parameter group: 0 for none.
    public mutating func placement(for request: Request, in group: UInt64, on cluster: borrowing Cluster) -> Placement?
    {
        cluster.choose(in: group, for: request, among: nil) { servers, isFirst in
            guard !isFirst else { return choose(servers, for: request, on: cluster.state) }
            // It has learned of this VM.
            var again = self
            again.stopLearning()
            return again.choose(servers, for: request, on: cluster.state)
        }
    }

    /// The placement among some servers.
    package mutating func choose(
        _ servers: ServerChoice,
        for request: Request,
        on cluster: borrowing ClusterState
    ) -> Placement? {
        switch servers {
        case .all: placement(for: request, on: cluster, among: nil)
        case .breaking(let count, let verdict):
            placement(for: request, on: cluster) { verdict.violations(at: $0) == count }
        case .these(let places): placement(for: request, on: cluster, among: places.span)
        }
    }
}
