/// A placement that was decided, and what tells later whether anything has changed that it depends on.
public struct Proposal: Equatable, Sendable {
    /// Where, by number.
    public var placement: Placement
    /// The ``ClusterState/revision`` at which it was decided.
    public var revision: UInt64
    /// What stands for where the VMs of the group run and what its rules are; 0 without a group.
    public var groupRevision: UInt64

    /// A placement that was decided at these revisions.
    public init(placement: Placement, revision: UInt64, groupRevision: UInt64) {
        (self.placement, self.revision, self.groupRevision) = (placement, revision, groupRevision)
    }
}

extension Cluster {
    /// A proposal for a placement in ``state`` that was decided just now.
    ///
    /// - Parameter group: the group of the VM; 0 for none.
    public func proposal(_ placement: Placement, in group: UInt64 = 0) -> Proposal {
        Proposal(
            placement: outside(placement),
            revision: state.revision,
            groupRevision: group == 0 ? 0 : groups.revision(of: group)
        )
    }

    /// Places a VM as proposed, if its server and its group are as they were when that was decided.
    ///
    /// - Parameters:
    ///   - group: the group of the VM, that of the decision.
    ///   - end: when its place ends that is reserved; `nil` for a VM that stays.
    /// - Returns: whether it was placed. Servers that were added, removed or resized since are changes of every server, and so are so
    ///   many changes that the cluster does not keep them.
    /// - Throws: what ``place(_:_:in:at:until:)`` throws, other than that it cannot be placed there.
    /// - Complexity: that of ``place(_:_:in:at:until:)``, and O(changes since).
    public mutating func commit(
        _ id: UInt64,
        _ request: Request,
        in group: UInt64 = 0,
        _ proposal: Proposal,
        until end: Double? = nil
    ) throws(SchedulingError) -> Bool {
        try checkIsNew(id)
        guard isCurrent(proposal, in: group) else { return false }
        do {
            try place(id, request, in: group, at: proposal.placement, until: end)
        } catch {
            // A hard rule can depend on what happens on other servers.
            guard error.code == .unavailableAction else { throw error }
            return false
        }
        return true
    }

    private func isCurrent(_ proposal: Proposal, in group: UInt64) -> Bool {
        guard let place = numbers.place(of: proposal.placement.server), proposal.revision <= state.revision,
            proposal.revision >= state.oldestRevision,
            proposal.groupRevision == (group == 0 ? 0 : groups.revision(of: group))
        else { return false }
        return !(proposal.revision..<state.revision).contains { state.server(changedAt: $0) == place }
    }
}
