internal import CSpaneHeader
internal import CSpaneMessage
internal import SpaneStorage

/// Runs the body of a fallible C function: clears the thread's message, and turns an error into status and message.
@inline(__always)
func call(_ body: () throws -> spane_status) -> spane_status {
    message_clear()
    do {
        return try body()
    } catch {
        return report(Failure(error))
    }
}

@inline(never)
private func report(_ failure: Failure) -> spane_status {
    setMessage(failure.message)
    Log.write(SPANE_LOG_ERROR, failure.message)
    // The listener may have made calls of its own.
    setMessage(failure.message)
    return failure.status
}

private func setMessage(_ text: String) {
    var text = text
    text.withUTF8 { text in
        unsafe text.withMemoryRebound(to: CChar.self) { unsafe message_set($0.baseAddress, $0.count) }
    }
}

/// The pointer behind an argument that must not be NULL.
@inline(__always)
func required<Value>(
    _ pointer: UnsafeMutablePointer<Value>?,
    _ name: StaticString
) throws(Failure) -> UnsafeMutablePointer<Value> {
    guard let pointer = unsafe pointer else { throw null(name) }
    return unsafe pointer
}

/// The pointer behind an argument that must not be NULL.
@inline(__always)
func required<Value>(
    _ pointer: UnsafePointer<Value>?,
    _ name: StaticString
) throws(Failure) -> UnsafePointer<Value> {
    guard let pointer = unsafe pointer else { throw null(name) }
    return unsafe pointer
}

/// The text of a C string that must not be NULL and must be UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws(Failure) -> String {
    try unsafe utf8(required(pointer, name), "\(name)")
}

/// The text of a C string, which messages call `name`.
func utf8(_ pointer: UnsafePointer<CChar>, _ name: @autoclosure () -> String) throws(Failure) -> String {
    if let text = unsafe String(validatingCString: pointer) { return text }
    throw Failure(SPANE_INVALID_ARGUMENT, "\(name()) is \"\(unsafe String(cString: pointer))\"; it must be UTF-8")
}

/// The path behind an argument that must not be NULL or empty; it may be any other bytes.
func pathText(_ pointer: UnsafePointer<CChar>?, _ name: StaticString = "path") throws(Failure) -> String {
    let pointer = try unsafe required(pointer, name)
    guard unsafe pointer.pointee != 0 else { throw Failure(SPANE_IO, "\(name) is empty; it must name a file") }
    return unsafe PathText.text(cString: pointer)
}

@inline(never)
func null(_ name: StaticString) -> Failure { Failure(SPANE_NULL_POINTER, "\(name) is NULL; it must not be") }

/// The elements of an array argument; it may be NULL when it has none.
func elements<Value>(
    _ pointer: UnsafePointer<Value>?,
    _ count: Int,
    _ name: StaticString
) throws(Failure) -> UnsafeBufferPointer<Value> {
    guard count > 0 else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
    return unsafe UnsafeBufferPointer(start: try required(pointer, name), count: count)
}

/// Copies what a struct argument of size `struct_size` may hold of `value`, whose first field is that size.
func write<Value: BitwiseCopyable>(
    _ value: Value,
    to pointer: UnsafeMutablePointer<Value>,
    _ name: StaticString
) throws(Failure) {
    let size = try unsafe structSize(UnsafePointer(pointer), name)
    let header = MemoryLayout<UInt32>.size
    unsafe withUnsafeBytes(of: value) { source in
        let target = unsafe UnsafeMutableRawBufferPointer(start: pointer, count: min(size, source.count))
        for index in header..<target.count { unsafe target[index] = source[index] }
    }
}

/// What a struct argument says of its own size, at least 8 bytes: programs may be older or newer than the library.
func structSize<Value>(_ pointer: UnsafePointer<Value>, _ name: StaticString) throws(Failure) -> Int {
    let size = unsafe Int(UnsafeRawPointer(pointer).load(as: UInt32.self))
    guard size >= 8, size <= 4096 else {
        throw Failure(
            SPANE_UNKNOWN_VERSION,
            "\(name)->struct_size is \(size); it must be the size of the struct, set by its _INIT macro"
        )
    }
    return size
}

/// An element of an array argument whose elements all have the size of the first.
func elementOfArray<Value>(
    _ index: Int,
    of first: UnsafePointer<Value>,
    _ name: StaticString
) throws(Failure) -> UnsafePointer<Value> {
    let size = try unsafe structSize(first, name)
    let element = unsafe UnsafeRawPointer(first) + index * size
    let own = unsafe Int(element.loadUnaligned(as: UInt32.self))
    guard own == size, size % MemoryLayout<Value>.alignment == 0 else {
        throw Failure(
            SPANE_UNKNOWN_VERSION,
            "\(name)[\(index)].struct_size is \(own) and that of the first \(size); all must be the size of the struct"
        )
    }
    return unsafe element.assumingMemoryBound(to: Value.self)
}

/// A copy of a struct argument in which fields that the caller's version lacks have their defaults.
func read<Value: BitwiseCopyable>(
    _ pointer: UnsafePointer<Value>,
    defaults: Value,
    _ name: StaticString
) throws(Failure) -> Value {
    let size = try unsafe structSize(pointer, name)
    var value = defaults
    unsafe withUnsafeMutableBytes(of: &value) { target in
        unsafe target.copyBytes(from: UnsafeRawBufferPointer(start: pointer, count: min(size, target.count)))
    }
    return value
}
