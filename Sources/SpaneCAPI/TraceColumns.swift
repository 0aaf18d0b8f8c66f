// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage

// Traces as columns.

@implementation @_cdecl("spane_trace_columns_init")
public func spane_trace_columns_init(_ columns: UnsafeMutablePointer<spane_trace_columns>?) -> spane_status {
    call {
        try unsafe required(columns, "columns").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_buffers_init")
public func spane_trace_buffers_init(_ buffers: UnsafeMutablePointer<spane_trace_buffers>?) -> spane_status {
    call {
        try unsafe required(buffers, "buffers").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_new")
public func spane_trace_new(
    _ columns: UnsafePointer<spane_trace_columns>?,
    _ count: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ trace: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let given = try unsafe read(required(columns, "columns"), defaults: .defaults, "columns")
        let columns = try unsafe TraceColumns(given)
        let out = try unsafe required(trace, "trace")
        let count = try checkedCount(count, atLeast: 2, atMost: Int(Int32.max) - 1, "count")
        // The rows; the trace asks for its own copy of them.
        let bytes = MemoryLayout<VirtualMachine>.stride + columns.bytesOfAmounts
        try Memory.check(bytes: count * bytes, for: "a trace of \(count) VMs")
        let progress = unsafe Progress(progress, total: count)
        let rows = progress.part(0, 0.3)
        let vms = try (0..<count).map { index throws(SchedulingError) in
            try rows.check(step: index, of: count)
            return columns.vm(index)
        }
        let made = try Trace(vms, resources: columns.resources, progress: progress.part(0.3, 1))
        try progress.finish()
        let description = TraceDescription(source: "spane_trace_new", licence: "unknown")
        unsafe out.pointee = Handle.make(TraceHandle(made, description))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trace_read")
public func spane_trace_read(
    _ trace: OpaquePointer?,
    _ first: Int,
    _ count: Int,
    _ buffers: UnsafePointer<spane_trace_buffers>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace).trace
        let buffers = try unsafe read(required(buffers, "buffers"), defaults: .defaults, "buffers")
        let first = try checkedCount(first, atMost: trace.count, "first")
        let count = try checkedCount(count, atMost: trace.count - first, "count")
        let resources = try unsafe checkedCount(
            Int(buffers.resource_count),
            atMost: trace.resources.count,
            "buffers->resource_count"
        )
        let amounts = try unsafe elements(buffers.amounts, resources, "buffers->amounts")
        for index in 0..<count {
            let row = trace.rows[first + index]
            unsafe buffers.ids?[index] = row.id
            unsafe buffers.arrival?[index] = row.arrival
            unsafe buffers.lifetime?[index] = row.lifetime
        }
        func copy<Value>(to buffer: UnsafeMutablePointer<Value>?, _ value: (Flavor) -> Value) {
            guard let buffer = unsafe buffer else { return }
            for index in 0..<count { unsafe buffer[index] = value(trace.flavors[trace.flavor(of: first + index)]) }
        }
        unsafe copy(to: buffers.cpu) { $0.cpu }
        unsafe copy(to: buffers.mem) { $0.mem }
        unsafe copy(to: buffers.span) { Int32(truncatingIfNeeded: $0.span) }
        for resource in 0..<resources {
            unsafe copy(to: amounts[resource]) { resource < $0.extras.count ? $0.extras[resource] : 0 }
        }
        return SPANE_OK
    }
}

/// What `spane_trace_columns` say, with no pointer missing.
@safe
private struct TraceColumns {
    let resources: [String]
    private let ids: UnsafePointer<Int64>?
    private let cpu: UnsafePointer<Double>
    private let mem: UnsafePointer<Double>
    private let arrival: UnsafePointer<Double>
    private let lifetime: UnsafePointer<Double>
    private let span: UnsafePointer<Int32>?
    private let amounts: [UnsafePointer<Double>]

    init(_ columns: spane_trace_columns) throws {
        let count = unsafe columns.resource_count
        resources = try unsafe names(
            columns.resources,
            count,
            "columns->resources",
            counted: "columns->resource_count"
        )
        // What servers can have, VMs can ask for.
        _ = try Layout(nodes: 1, nodeResources: resources)
        unsafe ids = columns.ids
        unsafe cpu = try unsafe required(columns.cpu, "columns->cpu")
        unsafe mem = try unsafe required(columns.mem, "columns->mem")
        unsafe arrival = try unsafe required(columns.arrival, "columns->arrival")
        unsafe lifetime = try unsafe required(columns.lifetime, "columns->lifetime")
        unsafe span = columns.span
        let lists = try unsafe elements(columns.amounts, Int(count), "columns->amounts")
        var amounts: [UnsafePointer<Double>] = unsafe []
        for index in 0..<Int(count) {
            guard let list = unsafe lists[index] else {
                throw Failure(SPANE_NULL_POINTER, "columns->amounts[\(index)] is NULL; it must not be")
            }
            unsafe amounts.append(list)
        }
        unsafe self.amounts = unsafe amounts
    }

    /// The bytes that a VM takes for its amounts.
    var bytesOfAmounts: Int { resources.isEmpty ? 0 : 32 + resources.count * MemoryLayout<Double>.stride }

    func vm(_ index: Int) -> VirtualMachine {
        unsafe VirtualMachine(
            id: ids.map { unsafe $0[index] } ?? Int64(index),
            cpu: cpu[index],
            mem: mem[index],
            arrival: arrival[index],
            lifetime: lifetime[index],
            span: span.map { unsafe Int($0[index]) } ?? 0,
            extras: amounts.map { unsafe $0[index] }
        )
    }
}

extension spane_trace_columns {
    static var defaults: spane_trace_columns {
        var columns = unsafe spane_trace_columns()
        unsafe columns.struct_size = UInt32(MemoryLayout<spane_trace_columns>.size)
        return unsafe columns
    }
}

extension spane_trace_buffers {
    static var defaults: spane_trace_buffers {
        var buffers = unsafe spane_trace_buffers()
        unsafe buffers.struct_size = UInt32(MemoryLayout<spane_trace_buffers>.size)
        return unsafe buffers
    }
}
