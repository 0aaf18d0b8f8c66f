internal import CSpaneHeader
internal import SpaneScheduling
internal import Synchronization

/// Names as C reads them; they live as long as this object.
@safe
final class CNames: @unchecked Sendable {
    private let texts: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ names: [String]) {
        unsafe texts = .allocate(capacity: names.count)
        for (index, name) in names.enumerated() { unsafe texts.initializeElement(at: index, to: copyForC(name)) }
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

/// A list of names that grows, and of which C may keep each as long as this object lives.
@safe
final class GrowingCNames: Sendable {
    @safe
    private struct Text {
        let start: UnsafePointer<CChar>
    }

    private let texts = Mutex<[Text]>([])

    deinit {
        texts.withLock { texts in
            for text in texts { unsafe text.start.deallocate() }
        }
    }

    /// The name with this index of a list that has only grown since the last call.
    func name(_ index: Int, of names: [String]) -> UnsafePointer<CChar> {
        unsafe texts.withLock { texts in
            while texts.count <= index { texts.append(unsafe Text(start: copyForC(names[texts.count]))) }
            return unsafe texts[index].start
        }
    }
}

private func copyForC(_ text: String) -> UnsafePointer<CChar> {
    let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
    for (offset, byte) in text.utf8.enumerated() { unsafe bytes[offset] = CChar(bitPattern: byte) }
    unsafe bytes[text.utf8.count] = 0
    return unsafe UnsafePointer(bytes.baseAddress.unsafelyUnwrapped)
}

/// The names of an argument.
func names(
    _ pointer: UnsafePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32,
    atMost most: Int = Layout.mostResources - 2,
    _ name: StaticString,
    counted countName: StaticString
) throws -> [String] {
    let count = try checkedCount(Int(count), atMost: most, countName)
    let texts = try unsafe elements(pointer, count, name)
    return try (0..<count).map { index in
        guard let text = unsafe texts[index] else {
            throw Failure(SPANE_NULL_POINTER, "\(name)[\(index)] is NULL; it must not be")
        }
        return try unsafe utf8(text, "\(name)[\(index)]")
    }
}
