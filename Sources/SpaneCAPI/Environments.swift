// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

// Environments and their episodes.

@implementation @_cdecl("spane_env_options_init")
public func spane_env_options_init(_ options: UnsafeMutablePointer<spane_env_options>?) -> spane_status {
    call {
        try unsafe required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_env_new")
public func spane_env_new(
    _ trace: OpaquePointer?,
    _ options: UnsafePointer<spane_env_options>?,
    _ env: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let out = try unsafe required(env, "env")
        let settings = try unsafe EnvironmentSettings(options, "options")
        let environment = try settings.makeEnvironment(on: trace.trace)
        unsafe out.pointee = Handle.make(EnvironmentHandle(trace, settings, environment))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_env_clone")
public func spane_env_clone(_ env: OpaquePointer?, _ clone: UnsafeMutablePointer<OpaquePointer?>?) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let out = try unsafe required(clone, "clone")
        return try env.gate.shared {
            try env.settings.checkMemory(on: env.trace.trace)
            let copy = EnvironmentHandle(env.trace, env.settings, env.environment.copy())
            unsafe out.pointee = Handle.make(copy)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_free")
public func spane_env_free(_ env: OpaquePointer?) { unsafe Handle.free(env, EnvironmentHandle.self) }

@implementation @_cdecl("spane_env_reset")
public func spane_env_reset(
    _ env: OpaquePointer?,
    _ start: Int64,
    _ end_kind: Int32,
    _ end_count: Int64
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let end = try EpisodeEnd(kind: end_kind, count: end_count)
        return try env.gate.exclusive {
            try env.environment.reset(start: Int(start), until: end)
            env.episode += 1
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_step")
public func spane_env_step(
    _ env: OpaquePointer?,
    _ action: Int32,
    _ result: UnsafeMutablePointer<spane_step_result>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        return try env.gate.exclusive {
            let step = try env.environment.step(Action(rawValue: action))
            guard let result = unsafe result else { return SPANE_OK }
            unsafe result.pointee = spane_step_result(
                reward: step.reward,
                wait: step.wait,
                clock: env.environment.clock,
                terminated: env.environment.isTerminated ? 1 : 0,
                truncated: env.environment.isTruncated ? 1 : 0
            )
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_observe")
public func spane_env_observe(
    _ env: OpaquePointer?,
    _ observation: UnsafeMutablePointer<Float>?,
    _ capacity: Int
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let out = try unsafe required(observation, "observation")
        return try env.gate.shared {
            try env.checkHasStarted()
            let count = env.environment.observationCount
            try check(capacity: capacity, holds: count, "observation", "values")
            var span = unsafe MutableSpan(_unsafeStart: out, count: count)
            env.environment.writeObservation(into: &span, in: env.settings.unit)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_mask")
public func spane_env_mask(
    _ env: OpaquePointer?,
    _ mask: UnsafeMutablePointer<UInt8>?,
    _ capacity: Int
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let out = try unsafe required(mask, "mask")
        return try env.gate.shared {
            try env.checkHasStarted()
            let count = env.environment.cluster.actionCount
            try check(capacity: capacity, holds: count, "mask", "bytes")
            var span = unsafe MutableSpan(_unsafeStart: out, count: count)
            env.environment.cluster.writeAvailability(of: env.environment.request, into: &span)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_request")
public func spane_env_request(
    _ env: OpaquePointer?,
    _ request: UnsafeMutablePointer<spane_request>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let out = try unsafe required(request, "request")
        return try env.gate.shared {
            try env.checkHasStarted()
            try unsafe write(spane_request(env.environment.request), to: out, "request")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_describe")
public func spane_env_describe(
    _ env: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_env_info>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let info = try unsafe required(info, "info")
        return try env.gate.shared {
            try unsafe write(spane_env_info(env.environment), to: info, "info")
            return SPANE_OK
        }
    }
}

/// Refuses an output that is too small.
@inline(__always)
private func check(
    capacity: Int,
    holds count: Int,
    _ name: StaticString,
    _ unit: StaticString
) throws(Failure) {
    // A negative number is a size_t above every count.
    guard capacity >= count || capacity < 0 else {
        throw Failure(SPANE_BUFFER_TOO_SMALL, "\(name) has room for \(capacity) \(unit); \(count) are needed")
    }
}
