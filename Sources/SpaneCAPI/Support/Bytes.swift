internal import CSpaneHeader

/// The arguments `data` and `size` as bytes.
func bytes(_ data: UnsafeRawPointer?, _ size: Int) throws(Failure) -> UnsafeRawBufferPointer {
    guard let data = unsafe data else { throw null("data") }
    return unsafe UnsafeRawBufferPointer(start: data, count: try checkedSize(size))
}

/// A size that came from the caller; a negative number cast to size_t is no size.
func checkedSize(_ size: Int) throws(Failure) -> Int {
    guard size >= 0 else {
        throw Failure(SPANE_INVALID_ARGUMENT, "size is \(UInt(bitPattern: size)); at most \(Int.max) is allowed")
    }
    return size
}

/// A count of elements that came from the caller.
func checkedCount(
    _ count: Int,
    atLeast least: Int = 0,
    atMost limit: Int,
    _ name: StaticString
) throws(Failure) -> Int {
    guard count >= least, count <= limit else {
        throw Failure(
            SPANE_INVALID_ARGUMENT,
            "\(name) is \(UInt(bitPattern: count)); it must be in \(least) ... \(limit)"
        )
    }
    return count
}

/// Hands bytes to a buffer of the caller after telling their number; NULL asks for the number only.
func copy(
    _ bytes: [UInt8],
    to buffer: UnsafeMutableRawPointer?,
    capacity: Int,
    size: UnsafeMutablePointer<Int>,
    _ name: StaticString
) throws(Failure) {
    unsafe size.pointee = bytes.count
    guard let buffer = unsafe buffer else { return }
    guard capacity < 0 || capacity >= bytes.count else {
        throw Failure(SPANE_BUFFER_TOO_SMALL, "\(name) has room for \(capacity) bytes; \(bytes.count) are needed")
    }
    unsafe UnsafeMutableRawBufferPointer(start: buffer, count: bytes.count).copyBytes(from: bytes)
}

/// Tells how many elements there are and refuses a buffer of the caller that has not room for them; NULL with capacity 0 asks
/// for their number only.
func check<Value>(
    room buffer: UnsafeMutablePointer<Value>?,
    _ capacity: Int,
    for found: Int,
    _ count: UnsafeMutablePointer<Int>,
    _ name: StaticString
) throws(Failure) {
    if unsafe buffer == nil, capacity != 0 { throw null(name) }
    unsafe count.pointee = found
    guard unsafe buffer == nil || capacity < 0 || capacity >= found else {
        throw Failure(SPANE_BUFFER_TOO_SMALL, "\(name) has room for \(capacity) elements; \(found) are needed")
    }
}

/// Hands elements to a buffer of the caller after telling their number.
func copy<Value: BitwiseCopyable>(
    _ values: [Value],
    to buffer: UnsafeMutablePointer<Value>?,
    capacity: Int,
    count: UnsafeMutablePointer<Int>,
    _ name: StaticString
) throws(Failure) {
    try unsafe check(room: buffer, capacity, for: values.count, count, name)
    for (index, value) in values.enumerated() { unsafe buffer?[index] = value }
}
