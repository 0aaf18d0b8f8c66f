/// A fixed number of plain values in one block of memory that belongs to its owner alone.
///
/// It is what an array is without the reference count: an element access costs a load, and storing never looks for
/// other owners. Indices are checked in debug builds. The block is aligned to a cache line.
///
/// It has a module of its own because a generic type is only fast in other modules when they can inline all of it.
@safe
@frozen
public struct FlatBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    /// The first element, for kernels; valid as long as the buffer lives.
    public let base: UnsafeMutablePointer<Element>
    /// The number of elements.
    public let count: Int

    @inlinable
    static var alignment: Int { 64 }

    /// Makes a buffer of `count` equal values.
    @inlinable
    public init(repeating value: Element, count: Int) {
        self.init(uninitialized: count)
        unsafe base.initialize(repeating: value, count: count)
    }

    /// Makes a buffer with the values of an array.
    @inlinable
    public init(_ values: [Element]) {
        self.init(uninitialized: values.count)
        for index in values.indices { unsafe (base + index).initialize(to: values[index]) }
    }

    @inlinable
    init(uninitialized count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        unsafe base = block.bindMemory(to: Element.self, capacity: count)
        self.count = count
    }

    @inlinable
    deinit { unsafe UnsafeMutableRawPointer(base).deallocate() }

    /// The bytes of its elements.
    @inlinable
    public var bytes: Int { count * MemoryLayout<Element>.stride }

    /// The element at an index in 0 ..< ``count``.
    @inlinable
    @inline(__always)
    public subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            unsafe base[index] = newValue
        }
    }

    /// A longer buffer with the same values, then `value` up to its end.
    @inlinable
    public func copy(count longer: Int, filling value: Element) -> FlatBuffer {
        precondition(longer >= count, "a copy of \(longer) elements would cut off some of \(count)")
        let other = FlatBuffer(uninitialized: longer)
        unsafe other.base.initialize(from: base, count: count)
        unsafe (other.base + count).initialize(repeating: value, count: longer - count)
        return other
    }

    /// A buffer of its own with the same values.
    @inlinable
    public func copy() -> FlatBuffer {
        let other = FlatBuffer(uninitialized: count)
        unsafe other.base.initialize(from: base, count: count)
        return other
    }
}
