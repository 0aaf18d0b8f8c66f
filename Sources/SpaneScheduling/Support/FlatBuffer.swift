/// A fixed number of plain values in one block of memory that belongs to its owner alone.
///
/// It is what an array is without the reference count: an element access costs a load, and storing never looks for
/// other owners. Indices are checked in debug builds. The block is aligned to a cache line.
@safe
package struct FlatBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    /// The first element, for kernels; valid as long as the buffer lives.
    @usableFromInline package let base: UnsafeMutablePointer<Element>
    /// The number of elements.
    @usableFromInline package let count: Int

    private static var alignment: Int { 64 }

    package init(repeating value: Element, count: Int) {
        self.init(uninitialized: count)
        unsafe base.initialize(repeating: value, count: count)
    }

    package init(_ values: [Element]) {
        self.init(uninitialized: values.count)
        for index in values.indices { unsafe (base + index).initialize(to: values[index]) }
    }

    private init(uninitialized count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        unsafe base = block.bindMemory(to: Element.self, capacity: count)
        self.count = count
    }

    deinit { unsafe UnsafeMutableRawPointer(base).deallocate() }

    @inlinable
    @inline(__always)
    package subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            unsafe base[index] = newValue
        }
    }

    package func copy() -> FlatBuffer {
        let other = FlatBuffer(uninitialized: count)
        unsafe other.base.initialize(from: base, count: count)
        return other
    }

    package func fill(_ value: Element) { unsafe base.update(repeating: value, count: count) }

    package var array: [Element] { (0..<count).map { self[$0] } }
}
