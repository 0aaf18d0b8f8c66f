// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling

// Policies that decide in environments.

@implementation @_cdecl("spane_env_session_new")
public func spane_env_session_new(
    _ env: OpaquePointer?,
    _ policy: UnsafePointer<spane_policy>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let source = try unsafe PolicySource(policy)
        let out = try unsafe required(session, "session")
        return try env.gate.shared {
            let policy = try BoundPolicy(source, on: env.environment.cluster, "the environment")
            unsafe out.pointee = Handle.make(EnvironmentSessionHandle(env, policy))
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_session_free")
public func spane_env_session_free(_ session: OpaquePointer?) {
    unsafe Handle.free(session, EnvironmentSessionHandle.self)
}

@implementation @_cdecl("spane_env_session_decide")
public func spane_env_session_decide(
    _ session: OpaquePointer?,
    _ action: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let session = try unsafe EnvironmentSessionHandle.of(session)
        let out = try unsafe required(action, "action")
        return try session.deciding { cluster, request in
            guard let action = try session.policy.action(for: request, on: cluster) else { throw session.lost() }
            unsafe out.pointee = action.rawValue
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_session_top")
public func spane_env_session_top(
    _ session: OpaquePointer?,
    _ k: Int,
    _ actions: UnsafeMutablePointer<Int32>?,
    _ scores: UnsafeMutablePointer<Float>?,
    _ found: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let session = try unsafe EnvironmentSessionHandle.of(session)
        let actions = try unsafe required(actions, "actions")
        let found = try unsafe required(found, "found")
        let limit = try listLength(k)
        return try session.deciding { cluster, request in
            let best = try session.policy.best(limit, for: request, on: cluster, among: nil)
            guard !best.isEmpty else { throw session.lost() }
            unsafe found.pointee = best.count
            for index in 0..<best.count {
                unsafe actions[index] = cluster.layout.action(of: best[index].placement).rawValue
                unsafe scores?[index] = best[index].score
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_session_scores")
public func spane_env_session_scores(
    _ session: OpaquePointer?,
    _ scores: UnsafeMutablePointer<Float>?,
    _ count: Int
) -> spane_status {
    call {
        let session = try unsafe EnvironmentSessionHandle.of(session)
        let scores = try unsafe required(scores, "scores")
        return try session.reading { cluster, request in
            try session.policy.withNetwork(on: cluster) { network, cluster in
                try cluster.checkAllServers(count, times: cluster.layout.placementsPerServer)
                var output = unsafe MutableSpan(_unsafeStart: scores, count: count)
                network.writeAdvantages(for: request, on: cluster, servers: nil, into: &output)
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_session_q_values")
public func spane_env_session_q_values(
    _ session: OpaquePointer?,
    _ values: UnsafeMutablePointer<Float>?,
    _ count: Int
) -> spane_status {
    call {
        let session = try unsafe EnvironmentSessionHandle.of(session)
        let values = try unsafe required(values, "values")
        return try session.reading { cluster, request in
            try unsafe session.policy.writeQValues(of: request, on: cluster, to: values, count)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_session_describe")
public func spane_env_session_describe(
    _ session: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_session_info>?
) -> spane_status {
    call {
        let session = try unsafe EnvironmentSessionHandle.of(session)
        let info = try unsafe required(info, "info")
        return try session.gate.exclusive {
            try unsafe write(session.info, to: info, "info")
            return SPANE_OK
        }
    }
}
