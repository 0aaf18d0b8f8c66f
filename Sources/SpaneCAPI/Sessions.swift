// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneNetworks
internal import SpaneScheduling

// Sessions and their decisions.

@implementation @_cdecl("spane_session_new_heuristic")
public func spane_session_new_heuristic(
    _ cluster: OpaquePointer?,
    _ heuristic: UnsafePointer<CChar>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try unsafe bind(heuristic, to: .cluster(handle), session)
    }
}

@implementation @_cdecl("spane_session_new_env_heuristic")
public func spane_session_new_env_heuristic(
    _ env: OpaquePointer?,
    _ heuristic: UnsafePointer<CChar>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        return try unsafe bind(heuristic, to: .environment(env), session)
    }
}

@implementation @_cdecl("spane_session_new")
public func spane_session_new(
    _ cluster: OpaquePointer?,
    _ model: OpaquePointer?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let model = try unsafe Handle.object(model, ModelHandle.self, "model").model
        let out = try unsafe required(session, "session")
        return try handle.gate.shared {
            try model.check(fits: handle.cluster.state, "the cluster")
            let made = try SessionHandle(.cluster(handle), model, on: handle.cluster.state)
            unsafe out.pointee = Handle.make(made)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_new_env")
public func spane_session_new_env(
    _ env: OpaquePointer?,
    _ model: OpaquePointer?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let model = try unsafe Handle.object(model, ModelHandle.self, "model").model
        let out = try unsafe required(session, "session")
        return try env.gate.shared {
            try model.check(fits: env.environment.cluster, "the environment")
            let made = try SessionHandle(.environment(env), model, on: env.environment.cluster)
            unsafe out.pointee = Handle.make(made)
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
            let request = try unsafe session.request(request)
            guard let chosen = try session.choose(request) else { return session.refusal(of: request) }
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
            let request = try unsafe session.request(request)
            let isLimited = try unsafe session.select(servers, count)
            guard let chosen = try isLimited ? session.chooseAmongSelected(request) : session.choose(request) else {
                return session.refusal(of: request)
            }
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
    call {
        let session = try unsafe SessionHandle.of(session)
        guard case .cluster(let handle) = session.place else {
            throw Failure(
                SPANE_UNSUPPORTED,
                "the session is bound to an environment, whose VMs spane_env_step places; call spane_session_decide"
            )
        }
        return try session.gate.exclusive {
            try handle.gate.exclusive {
                let request = try unsafe session.request(request)
                try handle.cluster.checkIsNew(id)
                guard let chosen = try session.choose(request) else { return session.refusal(of: request) }
                let outside = handle.cluster.outside(chosen)
                try handle.cluster.place(id, request, at: outside)
                if let placement = unsafe placement { unsafe placement.pointee = spane_placement(outside) }
                return SPANE_OK
            }
        }
    }
}

@implementation @_cdecl("spane_session_decide")
public func spane_session_decide(
    _ session: OpaquePointer?,
    _ action: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let out = try unsafe required(action, "action")
        guard case .environment(let env) = session.place else {
            throw Failure(SPANE_UNSUPPORTED, "the session is bound to a cluster; call spane_session_choose")
        }
        return try session.reading {
            guard !env.environment.isFinished else {
                throw Failure(SPANE_BAD_STATE, "no episode is under way; call spane_env_reset")
            }
            guard let action = try session.decide(in: env) else {
                throw Failure(SPANE_INTERNAL, "VM \(env.environment.head) is next and the policy finds no room for it")
            }
            unsafe out.pointee = action.rawValue
            return SPANE_OK
        }
    }
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
                let request = try unsafe session.request(index, of: requests)
                let placement = try session.choose(request).map { session.outside($0) }
                unsafe out[index] = placement ?? session.nowhere(request)
            }
            return SPANE_OK
        }
    }
}

extension SessionHandle {
    /// What stands in a list for a placement that is none.
    @inline(never)
    fileprivate func nowhere(_ request: Request) -> spane_placement {
        spane_placement(server: refusal(of: request) == SPANE_NEVER_FITS ? SPANE_NEVER : SPANE_NOWHERE, nodes: 0)
    }

    /// Runs a decision that leaves the cluster as it is.
    @inline(__always)
    func reading(_ body: () throws -> spane_status) throws -> spane_status {
        try gate.exclusive { try place.gate.shared(body) }
    }
}

/// Makes a session of the heuristic with this name.
private func bind(
    _ heuristic: UnsafePointer<CChar>?,
    to place: SessionHandle.Place,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) throws -> spane_status {
    let name = try unsafe text(heuristic, "heuristic")
    let out = try unsafe required(session, "session")
    try Memory.check(bytes: 0, for: "a session")
    guard let heuristic = Heuristic(name: name) else {
        throw Failure(
            SPANE_INVALID_ARGUMENT,
            "heuristic is \"\(name)\"; it must be \(Heuristic.names.joined(separator: ", "))"
        )
    }
    unsafe out.pointee = Handle.make(SessionHandle(place, heuristic))
    return SPANE_OK
}

extension Model {
    /// Refuses a cluster, which messages call `name`, with another number of servers or of their nodes than the network is
    /// made for.
    fileprivate func check(fits cluster: borrowing ClusterState, _ name: StaticString) throws(Failure) {
        if let servers = architecture.boundServers, servers != cluster.serverCount {
            throw Failure(
                SPANE_SHAPE_MISMATCH,
                "model is bound to \(servers) servers and \(name) has \(cluster.serverCount)"
            )
        }
        do {
            try check(serves: cluster)
        } catch {
            throw Failure(SPANE_SHAPE_MISMATCH, "\(name): \(error)")
        }
    }
}
