// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneScheduling

// Sessions and their decisions.

@implementation @_cdecl("spane_session_new")
public func spane_session_new(
    _ cluster: OpaquePointer?,
    _ policy: UnsafePointer<spane_policy>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let source = try unsafe PolicySource(policy)
        let out = try unsafe required(session, "session")
        return try handle.gate.shared {
            let policy = try BoundPolicy(source, on: handle.cluster.state, "the cluster")
            unsafe out.pointee = Handle.make(SessionHandle(handle, policy))
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_free")
public func spane_session_free(_ session: OpaquePointer?) { unsafe Handle.free(session, SessionHandle.self) }

@implementation @_cdecl("spane_session_choose")
public func spane_session_choose(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let out = try unsafe required(placement, "placement")
        return try session.reading {
            let (request, group) = try unsafe session.request(request)
            let chosen = try session.choose(request, in: group)
            session.tell(request, group, chosen)
            guard let chosen else { return session.refusal(of: request) }
            unsafe out.pointee = session.outside(chosen)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_choose_among")
public func spane_session_choose_among(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let out = try unsafe required(placement, "placement")
        return try session.reading {
            let (request, group) = try unsafe session.request(request)
            let chosen = try unsafe session.withCandidates(servers, count) { candidates in
                try session.choose(request, in: group, among: candidates)
            }
            session.tell(request, group, chosen)
            guard let chosen else { return session.refusal(of: request) }
            unsafe out.pointee = session.outside(chosen)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_place")
public func spane_session_place(
    _ session: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call { try unsafe SessionHandle.of(session).place(id, request, until: nil, placement) }
}

@implementation @_cdecl("spane_session_choose_many")
public func spane_session_choose_many(
    _ session: OpaquePointer?,
    _ requests: UnsafePointer<spane_request>?,
    _ count: Int,
    _ placements: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        guard count > 0 else { return SPANE_OK }
        let requests = try unsafe required(requests, "requests")
        let out = try unsafe required(placements, "placements")
        return try session.reading {
            // All requests are looked at first, so that an error leaves the outputs as they were.
            for index in 0..<count { _ = try unsafe session.request(index, of: requests) }
            for index in 0..<count {
                let (request, group) = try unsafe session.request(index, of: requests)
                let chosen = try session.choose(request, in: group)
                session.tell(request, group, chosen)
                let placement = chosen.map { session.outside($0) }
                unsafe out[index] = placement ?? session.nowhere(request)
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_place_many")
public func spane_session_place_many(
    _ session: OpaquePointer?,
    _ ids: UnsafePointer<UInt64>?,
    _ requests: UnsafePointer<spane_request>?,
    _ count: Int,
    _ placements: UnsafeMutablePointer<spane_placement>?,
    _ refused: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        guard count > 0 else { return SPANE_OK }
        let ids = try unsafe required(ids, "ids")
        let requests = try unsafe required(requests, "requests")
        let handle = session.cluster
        return try session.gate.exclusive {
            try handle.gate.exclusive {
                for index in 0..<count { _ = try unsafe session.request(index, of: requests) }
                handle.cluster.beginTrial()
                var placed: [Placement] = []
                do {
                    for index in 0..<count {
                        let (request, group) = try unsafe session.request(index, of: requests)
                        guard let outside = try unsafe session.place(ids[index], request, in: group) else {
                            try handle.cluster.dropTrial()
                            // All of them are without a place.
                            for index in 0..<count {
                                let (request, group) = try unsafe session.request(index, of: requests)
                                unsafe handle.cluster.tell(.refuse(ids[index], request, group: group))
                            }
                            if let refused = unsafe refused { unsafe refused.pointee = index }
                            return session.refusal(of: request)
                        }
                        placed.append(outside)
                    }
                } catch {
                    try handle.cluster.dropTrial()
                    throw error
                }
                try handle.cluster.keepTrial()
                if let placements = unsafe placements {
                    for index in 0..<count { unsafe placements[index] = spane_placement(placed[index]) }
                }
                return SPANE_OK
            }
        }
    }
}

@implementation @_cdecl("spane_session_describe")
public func spane_session_describe(
    _ session: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_session_info>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let info = try unsafe required(info, "info")
        return try session.reading {
            try unsafe write(session.info, to: info, "info")
            return SPANE_OK
        }
    }
}

extension SessionHandle {
    /// A request of a list.
    fileprivate func request(
        _ index: Int,
        of first: UnsafePointer<spane_request>
    ) throws -> (Request, group: UInt64) {
        try unsafe cluster.cluster.state.groupedRequest(index, of: first)
    }

    /// What stands in a list for a placement that is none.
    @inline(never)
    fileprivate func nowhere(_ request: Request) -> spane_placement {
        spane_placement(server: refusal(of: request) == SPANE_NEVER_FITS ? SPANE_NEVER : SPANE_NOWHERE, nodes: 0)
    }
}
