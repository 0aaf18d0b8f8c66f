// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage

// Saved states of environments.

@implementation @_cdecl("spane_env_save_memory")
public func spane_env_save_memory(
    _ env: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let size = try unsafe required(size, "size")
        return try env.gate.shared {
            let running = env.environment.runningCount
            // The VMs that run, sorted, and the bytes while they double.
            try Memory.check(bytes: 4096 + running * 192, for: "the state of \(running) VMs")
            let bytes = EnvironmentStateCodec.make(
                .init(header: env.settings.header(on: env.trace), snapshot: env.environment.snapshot)
            )
            try unsafe copy(bytes, to: data, capacity: capacity, size: size, "data")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_env_load_memory")
public func spane_env_load_memory(
    _ trace: OpaquePointer?,
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ env: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let image = try unsafe SavedState(data, size, trace)
        let out = try unsafe required(env, "env")
        let made = EnvironmentHandle(trace, image.settings, try image.settings.makeEnvironment(on: trace.trace))
        try image.restore(&made.environment)
        unsafe out.pointee = Handle.make(made)
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_env_restore_memory")
public func spane_env_restore_memory(
    _ env: OpaquePointer?,
    _ data: UnsafeRawPointer?,
    _ size: Int
) -> spane_status {
    call {
        let env = try unsafe EnvironmentHandle.of(env)
        let image = try unsafe SavedState(data, size, env.trace)
        return try env.gate.exclusive {
            guard image.settings == env.settings else {
                throw Failure(SPANE_SHAPE_MISMATCH, "data: the state was saved with other options than those of env")
            }
            try image.restore(&env.environment)
            env.episode += 1
            return SPANE_OK
        }
    }
}

/// A saved state that belongs to a trace.
private struct SavedState {
    let settings: EnvironmentSettings
    private let snapshot: Environment.Snapshot

    init(_ data: UnsafeRawPointer?, _ size: Int, _ trace: TraceHandle) throws {
        let contents = try unsafe EnvironmentStateCodec.read(bytes(data, size), name: "data")
        settings = try EnvironmentSettings(contents.header, on: trace)
        snapshot = contents.snapshot
    }

    /// Puts an environment into the state.
    func restore(_ environment: inout Environment) throws(Failure) {
        do {
            try environment.restore(snapshot)
        } catch {
            throw Failure(state: error, of: "data")
        }
    }
}
