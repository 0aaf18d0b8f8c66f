import CSpaneHeader
import SpaneScheduling

/// Columns of a trace for C, and room for what is read back.
final class Columns {
    var pointers = spane_trace_columns()
    private var release: [() -> Void] = []

    init(
        ids: [Int64]? = nil,
        cpu: [Double]? = nil,
        mem: [Double]? = nil,
        arrival: [Double]? = nil,
        lifetime: [Double]? = nil,
        span: [Int32]? = nil,
        resources: [(name: String, amounts: [Double])] = []
    ) {
        spane_trace_columns_init(&pointers)
        pointers.ids = copy(ids)
        pointers.cpu = copy(cpu)
        pointers.mem = copy(mem)
        pointers.arrival = copy(arrival)
        pointers.lifetime = copy(lifetime)
        pointers.span = copy(span)
        pointers.resource_count = UInt32(resources.count)
        pointers.resources = copy(resources.map { copy($0.name.utf8CString.map { $0 }) })
        pointers.amounts = copy(resources.map { copy($0.amounts) })
    }

    deinit { for one in release { one() } }

    private func copy<Value>(_ values: [Value]?) -> UnsafePointer<Value>? {
        guard let values else { return nil }
        let buffer = UnsafeMutableBufferPointer<Value>.allocate(capacity: max(1, values.count))
        _ = buffer.initialize(from: values)
        release.append { buffer.deallocate() }
        return UnsafePointer(buffer.baseAddress)
    }
}

/// The columns of a trace, read in one call.
func readColumns(
    _ trace: Owned,
    _ first: Int,
    _ count: Int,
    resources: Int = 0
) throws -> (vms: [VirtualMachine], amounts: [[Double]]) {
    var ids = [Int64](repeating: -7, count: count)
    var numbers = [[Double]](repeating: [Double](repeating: -7, count: count), count: 4 + resources)
    var span = [Int32](repeating: -7, count: count)
    let pointers = numbers.map { _ in
        UnsafeMutablePointer<Double>.allocate(capacity: max(1, count)) as UnsafeMutablePointer?
    }
    defer { for pointer in pointers { pointer?.deallocate() } }
    var buffers = spane_trace_buffers()
    try ok(spane_trace_buffers_init(&buffers))
    (buffers.cpu, buffers.mem, buffers.arrival, buffers.lifetime) = (pointers[0], pointers[1], pointers[2], pointers[3])
    buffers.resource_count = UInt32(resources)
    try ids.withUnsafeMutableBufferPointer { ids in
        try span.withUnsafeMutableBufferPointer { span in
            try Array(pointers.dropFirst(4)).withUnsafeBufferPointer { amounts in
                buffers.ids = ids.baseAddress
                buffers.span = span.baseAddress
                buffers.amounts = amounts.baseAddress
                try ok(spane_trace_read(trace.pointer, first, count, &buffers))
            }
        }
    }
    for (index, pointer) in pointers.enumerated() {
        if let pointer { numbers[index] = Array(UnsafeBufferPointer(start: pointer, count: count)) }
    }
    let vms = (0..<count).map { index in
        VirtualMachine(
            id: ids[index],
            cpu: numbers[0][index],
            mem: numbers[1][index],
            arrival: numbers[2][index],
            lifetime: numbers[3][index],
            span: Int(span[index])
        )
    }
    return (vms, Array(numbers.dropFirst(4)))
}
