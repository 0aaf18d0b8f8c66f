// Plans leave VMs of groups with hard rules where they are, so that no move breaks one, and let VMs in where rules allow it.

extension Cluster {
    /// The VMs that run whose group has a hard rule.
    ///
    /// - Complexity: O(VMs on the servers of such groups).
    var vmsWithHardRules: Set<UInt64> {
        var found: Set<UInt64> = []
        for id in groups.ids {
            guard let group = groups.find(id), group.rules.contains(where: \.isHard) else { continue }
            for server in group.servers {
                guard let place = numbers.place(of: Int(server)) else { continue }
                vms.forEach(on: place) { if groups.id(at: $0.group) == id { found.insert($0.id) } }
            }
        }
        return found
    }

    /// The places, ascending, to which the hard rules of a group allow a VM, whatever is moved before; `nil` for all.
    ///
    /// A domain that has no room may have some after the moves, so that no domain in use counts as one for lack of others.
    ///
    /// - Complexity: O(servers).
    func allowedPlaces(for request: Request, of group: Group) -> [Int32]? {
        guard group.rules.contains(where: \.isHard), var verdict = verdict(of: group, for: request) else { return nil }
        verdict.expectRoom()
        return state.servers { verdict.violations(at: $0) != nil }
    }

    /// A group as it is, or a new one.
    func group(_ id: UInt64) -> Group { groups.find(id) ?? Group(id) }
}
