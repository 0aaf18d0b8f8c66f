// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage
internal import SpaneWorkloads

// Making traces and looking into them.

@implementation @_cdecl("spane_trace_load")
public func spane_trace_load(
    _ path: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(TraceHandle.self, path, progress, trace, "trace")
}

@implementation @_cdecl("spane_trace_load_part")
public func spane_trace_load_part(
    _ path: UnsafePointer<CChar>?,
    _ first: Int64,
    _ count: Int64,
    _ progress: UnsafePointer<spane_progress>?,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    guard first >= 0, first <= Int32.max else {
        return call { throw Failure(SPANE_INVALID_ARGUMENT, "first is \(first); it must be in 0 ... \(Int32.max)") }
    }
    guard count >= 2, count < Int32.max else {
        return call { throw Failure(SPANE_INVALID_ARGUMENT, "count is \(count); it must be in 2 ... \(Int32.max - 1)") }
    }
    let part = Int(first)..<Int(first + count)
    return unsafe load(path, progress, trace, "trace") { path, progress in
        try TraceHandle(path: path, part: part, progress: progress)
    }
}

@implementation @_cdecl("spane_trace_load_memory")
public func spane_trace_load_memory(
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(TraceHandle.self, data, size, progress, trace, "trace")
}

@implementation @_cdecl("spane_trace_generate")
public func spane_trace_generate(
    _ count: Int,
    _ seed: UInt64,
    _ progress: UnsafePointer<spane_progress>?,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let out = try unsafe required(trace, "trace")
        let count = try checkedCount(count, atLeast: 2, atMost: 100_000_000, "count")
        let workload = SyntheticWorkload(count: count, seed: seed)
        try workload.checkMemory()
        let progress = unsafe Progress(progress, total: count)
        let vms = try workload.makeVirtualMachines(progress: progress.part(0, 0.8))
        let made = try Trace(vms, progress: progress.part(0.8, 1))
        try progress.finish()
        let description = TraceDescription(
            source: "spane trace generate --count \(count) --seed \(seed)",
            licence: "MIT"
        )
        unsafe out.pointee = Handle.make(TraceHandle(made, description))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_save")
public func spane_trace_save(
    _ trace: OpaquePointer?,
    _ path: UnsafePointer<CChar>?,
    _ source: UnsafePointer<CChar>?,
    _ licence: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let path = try unsafe pathText(path)
        let description = TraceDescription(
            source: try unsafe source == nil ? trace.description.source : text(source, "source"),
            licence: try unsafe licence == nil ? trace.description.licence : text(licence, "licence")
        )
        let progress = unsafe Progress(progress, total: trace.trace.count)
        try TraceFile.write(trace.trace, description, to: path, progress: progress)
        Log.write(SPANE_LOG_INFO, "\(path): \(trace.trace.count) VMs saved")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_save_memory")
public func spane_trace_save_memory(
    _ trace: OpaquePointer?,
    _ progress: UnsafePointer<spane_progress>?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let size = try unsafe required(size, "size")
        let progress = unsafe Progress(progress, total: trace.trace.count)
        let bytes = try TraceFile.image(of: trace.trace, trace.description, progress: progress)
        try progress.finish()
        try unsafe copy(bytes, to: data, capacity: capacity, size: size, "data")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_describe")
public func spane_trace_describe(
    _ trace: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_trace_info>?
) -> spane_status {
    call {
        let handle = try unsafe TraceHandle.of(trace)
        let trace = handle.trace
        let info = try unsafe required(info, "info")
        var value = unsafe spane_trace_info()
        unsafe value.resource_count = handle.resources.count
        unsafe value.resources = handle.resources.first
        unsafe value.count = Int64(trace.count)
        unsafe value.flavors = Int64(trace.flavors.count)
        unsafe value.first_arrival = trace.vms[0].arrival
        unsafe value.last_arrival = trace.vms[trace.count - 1].arrival
        unsafe (value.smallest_cpu, value.smallest_mem) = (.infinity, .infinity)
        for size in trace.flavors {
            unsafe value.smallest_cpu = min(value.smallest_cpu, size.cpu)
            unsafe value.smallest_mem = min(value.smallest_mem, size.mem)
            unsafe value.largest_cpu = max(value.largest_cpu, size.cpu)
            unsafe value.largest_mem = max(value.largest_mem, size.mem)
        }
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_provenance")
public func spane_trace_provenance(
    _ trace: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ text: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let name = try unsafe SpaneCAPI.text(name, "name")
        let size = try unsafe required(size, "size")
        let entry: String
        switch name {
        case "source": entry = trace.description.source
        case "licence": entry = trace.description.licence
        case "content_sha256": entry = trace.contentHash
        default:
            throw Failure(SPANE_NOT_FOUND, "name is \"\(name)\"; a trace has source, licence and content_sha256")
        }
        let bytes = Array(entry.utf8) + [0]
        try unsafe copy(bytes, to: UnsafeMutableRawPointer(text), capacity: capacity, size: size, "text")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_free")
public func spane_trace_free(_ trace: OpaquePointer?) { unsafe Handle.free(trace, TraceHandle.self) }
