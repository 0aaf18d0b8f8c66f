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
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(TraceHandle.self, path, trace, "trace")
}

@implementation @_cdecl("spane_trace_load_memory")
public func spane_trace_load_memory(
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(TraceHandle.self, data, size, trace, "trace")
}

@implementation @_cdecl("spane_trace_new")
public func spane_trace_new(
    _ ids: UnsafePointer<Int64>?,
    _ cpu: UnsafePointer<Double>?,
    _ mem: UnsafePointer<Double>?,
    _ arrival: UnsafePointer<Double>?,
    _ lifetime: UnsafePointer<Double>?,
    _ count: Int,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let cpu = try unsafe required(cpu, "cpu")
        let mem = try unsafe required(mem, "mem")
        let arrival = try unsafe required(arrival, "arrival")
        let lifetime = try unsafe required(lifetime, "lifetime")
        let out = try unsafe required(trace, "trace")
        let count = try checkedCount(count, atLeast: 2, atMost: Int(Int32.max) - 1, "count")
        // The rows; the trace asks for its own copy of them.
        try Memory.check(bytes: count * MemoryLayout<VirtualMachine>.stride, for: "a trace of \(count) VMs")
        let vms = (0..<count).map { index in
            unsafe VirtualMachine(
                id: ids.map { unsafe $0[index] } ?? Int64(index),
                cpu: cpu[index],
                mem: mem[index],
                arrival: arrival[index],
                lifetime: lifetime[index]
            )
        }
        let description = TraceDescription(source: "spane_trace_new", licence: "unknown")
        unsafe out.pointee = Handle.make(TraceHandle(try Trace(vms), description))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_generate")
public func spane_trace_generate(
    _ count: Int,
    _ seed: UInt64,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let out = try unsafe required(trace, "trace")
        let count = try checkedCount(count, atLeast: 2, atMost: 100_000_000, "count")
        let workload = SyntheticWorkload(count: count, seed: seed)
        try workload.checkMemory()
        let cancellation = Cancellation.current
        let made = try Trace(workload.makeVirtualMachines(check: cancellation.check))
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
    _ licence: UnsafePointer<CChar>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let path = try unsafe pathText(path)
        let description = TraceDescription(
            source: try unsafe source == nil ? trace.description.source : text(source, "source"),
            licence: try unsafe licence == nil ? trace.description.licence : text(licence, "licence")
        )
        try TraceFile.write(trace.trace, description, to: path)
        Log.write(SPANE_LOG_INFO, "\(path): \(trace.trace.count) VMs saved")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_save_memory")
public func spane_trace_save_memory(
    _ trace: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let size = try unsafe required(size, "size")
        let bytes = try TraceFile.image(of: trace.trace, trace.description)
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
        let trace = try unsafe TraceHandle.of(trace).trace
        let info = try unsafe required(info, "info")
        var value = spane_trace_info()
        value.count = Int64(trace.count)
        value.flavors = Int64(trace.flavors.count)
        value.first_arrival = trace.vms[0].arrival
        value.last_arrival = trace.vms[trace.count - 1].arrival
        (value.smallest_cpu, value.smallest_mem) = (.infinity, .infinity)
        for size in trace.flavors {
            value.smallest_cpu = min(value.smallest_cpu, size.cpu)
            value.smallest_mem = min(value.smallest_mem, size.mem)
            value.largest_cpu = max(value.largest_cpu, size.cpu)
            value.largest_mem = max(value.largest_mem, size.mem)
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

@implementation @_cdecl("spane_trace_vms")
public func spane_trace_vms(
    _ trace: OpaquePointer?,
    _ first: Int,
    _ count: Int,
    _ vms: UnsafeMutablePointer<spane_vm>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace).trace
        let first = try checkedCount(first, atMost: trace.count, "first")
        let count = try checkedCount(count, atMost: trace.count - first, "count")
        guard count > 0 else { return SPANE_OK }
        let out = try unsafe required(vms, "vms")
        for index in 0..<count { unsafe (out + index).initialize(to: spane_vm(trace.vms[first + index])) }
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_free")
public func spane_trace_free(_ trace: OpaquePointer?) { unsafe Handle.free(trace, TraceHandle.self) }
