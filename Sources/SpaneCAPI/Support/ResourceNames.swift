internal import CSpaneHeader
internal import SpaneScheduling

/// The names of resources as C reads them; they live as long as this object.
@safe
final class ResourceNames: @unchecked Sendable {
    private let texts: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ names: [String]) {
        unsafe texts = .allocate(capacity: names.count)
        for (index, name) in names.enumerated() {
            let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: name.utf8.count + 1)
            for (offset, byte) in name.utf8.enumerated() { unsafe bytes[offset] = CChar(bitPattern: byte) }
            unsafe bytes[name.utf8.count] = 0
            unsafe texts.initializeElement(at: index, to: UnsafePointer(bytes.baseAddress))
        }
    }

    deinit {
        for index in 0..<count { unsafe texts[Int(index)]?.deallocate() }
        unsafe texts.deallocate()
    }

    /// The first name, or NULL where there is none.
    var first: UnsafePointer<UnsafePointer<CChar>?>? {
        unsafe texts.isEmpty ? nil : UnsafePointer(texts.baseAddress)
    }

    /// The name at an index below ``count``.
    subscript(index: Int) -> UnsafePointer<CChar>? { unsafe texts[index] }

    var count: UInt32 { unsafe UInt32(truncatingIfNeeded: texts.count) }
}

/// The names of an argument.
func names(
    _ pointer: UnsafePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32,
    _ name: StaticString
) throws -> [String] {
    let count = try checkedCount(Int(count), atMost: Layout.mostResources, name)
    let texts = try unsafe elements(pointer, count, name)
    return try (0..<count).map { index in
        guard let text = unsafe texts[index] else {
            throw Failure(SPANE_NULL_POINTER, "\(name)[\(index)] is NULL; it must not be")
        }
        return unsafe String(cString: text)
    }
}
