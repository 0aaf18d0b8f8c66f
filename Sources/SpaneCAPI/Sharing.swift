// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Clusters that several threads use at once, and decisions that are carried out later.

@implementation @_cdecl("spane_cluster_share")
public func spane_cluster_share(_ cluster: OpaquePointer?) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.exclusive {
            handle.gate.share()
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_propose")
public func spane_session_propose(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ proposal: UnsafeMutablePointer<spane_proposal>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let out = try unsafe required(proposal, "proposal")
        return try session.reading {
            let (request, group) = try unsafe session.request(request)
            let chosen = try unsafe session.withCandidates(servers, count) { candidates in
                if let candidates { return try session.choose(request, in: group, among: candidates) }
                return try session.choose(request, in: group)
            }
            session.tell(request, group, chosen)
            guard let chosen else { return session.refusal(of: request) }
            let made = spane_proposal(session.cluster.cluster.proposal(chosen, in: group))
            try unsafe write(made, to: out, "proposal")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_commit")
public func spane_cluster_commit(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ proposal: UnsafePointer<spane_proposal>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let proposal = try unsafe read(required(proposal, "proposal"), defaults: spane_proposal(), "proposal")
        return try handle.gate.exclusive {
            let (request, group) = try unsafe handle.cluster.state.groupedRequest(request)
            let made = Proposal(
                placement: try proposal.placement.placement(on: handle.cluster),
                revision: proposal.revision,
                groupRevision: proposal.group_revision
            )
            return try handle.cluster.commit(id, request, in: group, made) ? SPANE_OK : SPANE_CONFLICT
        }
    }
}

extension SessionHandle {
    // Decisions that others have overtaken before one is made while nobody else may change the cluster.
    private static var mostConflicts: Int { 4 }

    /// As ``placeAlone(_:_:until:)`` with no gate of the cluster entered: it decides beside others, and keeps them out while it places.
    @inline(never)
    func placeBesideOthers(
        _ id: UInt64,
        _ request: UnsafePointer<spane_request>?,
        until end: Double?
    ) throws -> (Placement?, spane_status) {
        for _ in 0..<Self.mostConflicts {
            let (asked, group, proposal, status) = try cluster.gate.shared {
                let (request, group) = try unsafe self.request(request)
                try cluster.cluster.checkIsNew(id)
                let proposal = try choose(request, in: group).map { cluster.cluster.proposal($0, in: group) }
                if proposal == nil { cluster.cluster.tell(.refuse(id, request, group: group)) }
                return (request, group, proposal, proposal == nil ? refusal(of: request) : SPANE_OK)
            }
            guard let proposal else { return (nil, status) }
            let isPlaced = try cluster.gate.exclusive {
                try cluster.cluster.commit(id, asked, in: group, proposal, until: end)
            }
            if isPlaced { return (proposal.placement, SPANE_OK) }
        }
        return try cluster.gate.exclusive { try unsafe placeAlone(id, request, until: end) }
    }
}

extension spane_proposal {
    init(_ proposal: Proposal) {
        self.init(
            struct_size: 0,
            reserved: 0,
            placement: spane_placement(proposal.placement),
            revision: proposal.revision,
            group_revision: proposal.groupRevision
        )
    }
}
