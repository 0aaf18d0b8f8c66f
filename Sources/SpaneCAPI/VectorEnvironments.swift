// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem

// Many environments at once.

@implementation @_cdecl("spane_vec_env_options_init")
public func spane_vec_env_options_init(_ options: UnsafeMutablePointer<spane_vec_env_options>?) -> spane_status {
    call {
        try unsafe required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_vec_env_new")
public func spane_vec_env_new(
    _ trace: OpaquePointer?,
    _ env_options: UnsafePointer<spane_env_options>?,
    _ options: UnsafePointer<spane_vec_env_options>?,
    _ vec: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let out = try unsafe required(vec, "vec")
        let environment = try unsafe EnvironmentSettings(env_options, "env_options")
        let settings = try unsafe VectorSettings(options, on: trace.trace)
        unsafe out.pointee = Handle.make(try VectorHandle(trace, environment, settings))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_vec_env_get_options")
public func spane_vec_env_get_options(
    _ vec: OpaquePointer?,
    _ env_options: UnsafeMutablePointer<spane_env_options>?,
    _ options: UnsafeMutablePointer<spane_vec_env_options>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        // Both sizes are looked at first, so that an error leaves both outputs as they were.
        if let env_options = unsafe env_options { _ = try unsafe structSize(env_options, "env_options") }
        if let options = unsafe options {
            try unsafe write(vec.settings.options, to: options, "options")
        }
        if let env_options = unsafe env_options {
            try unsafe write(spane_env_options(vec.environmentSettings), to: env_options, "env_options")
        }
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_vec_env_free")
public func spane_vec_env_free(_ vec: OpaquePointer?) { unsafe Handle.free(vec, VectorHandle.self) }

@implementation @_cdecl("spane_vec_env_bind")
public func spane_vec_env_bind(
    _ vec: OpaquePointer?,
    _ buffers: UnsafePointer<spane_vec_env_buffers>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let pointer = try unsafe required(buffers, "buffers")
        let arrays = try unsafe read(pointer, defaults: spane_vec_env_buffers(), "buffers")
        return try vec.gate.exclusive {
            try unsafe vec.bind(arrays)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_reset")
public func spane_vec_env_reset(
    _ vec: OpaquePointer?,
    _ seed: UnsafePointer<UInt64>?,
    _ which: UnsafePointer<UInt8>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        return try vec.gate.exclusive {
            try vec.checkIsBound()
            try unsafe vec.vector.reset(seed: seed?.pointee, which: which)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_reset_at")
public func spane_vec_env_reset_at(
    _ vec: OpaquePointer?,
    _ starts: UnsafePointer<Int64>?,
    _ which: UnsafePointer<UInt8>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let starts = try unsafe required(starts, "starts")
        return try vec.gate.exclusive {
            try vec.checkIsBound()
            try unsafe vec.check(starts, which: which)
            try unsafe vec.vector.reset(at: starts, which: which)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_set_starts")
public func spane_vec_env_set_starts(
    _ vec: OpaquePointer?,
    _ starts: UnsafePointer<Int64>?,
    _ count: Int
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        let starts = try unsafe elements(starts, count, "starts")
        return try vec.gate.exclusive {
            try Memory.check(bytes: count * MemoryLayout<Int>.stride, for: "a list of \(count) starts")
            for index in 0..<count { try unsafe vec.settings.check(starts[index], index, "starts") }
            vec.vector.take(unsafe starts.map { Int($0) })
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_observe")
public func spane_vec_env_observe(_ vec: OpaquePointer?) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        return try vec.gate.exclusive {
            try vec.checkIsBound()
            try vec.vector.show()
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_step")
public func spane_vec_env_step(_ vec: OpaquePointer?, _ actions: UnsafePointer<Int32>?) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let actions = try unsafe required(actions, "actions")
        return try vec.gate.exclusive {
            try vec.checkIsBound()
            try unsafe vec.check(actions)
            try unsafe vec.vector.step(actions)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_describe")
public func spane_vec_env_describe(
    _ vec: OpaquePointer?,
    _ index: Int32,
    _ info: UnsafeMutablePointer<spane_env_info>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let info = try unsafe required(info, "info")
        return try vec.gate.shared {
            guard index >= 0, index < vec.settings.count else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "index is \(index); it must be in 0 ... \(vec.settings.count - 1)"
                )
            }
            try unsafe write(vec.vector.withSlot(Int(index)) { spane_env_info($0.environment) }, to: info, "info")
            return SPANE_OK
        }
    }
}
