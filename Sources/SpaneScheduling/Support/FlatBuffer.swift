/// A fixed number of plain values in one block of memory that belongs to its owner alone.
///
/// It is what an array is without the reference count: an element access costs a load, and storing never looks for
/// other owners. Indices are checked in debug builds.
@safe
@usableFromInline
struct FlatBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    @usableFromInline let count: Int

    @usableFromInline
    init(repeating value: Element, count: Int) {
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: value, count: count)
        self.count = count
    }

    deinit { unsafe base.deallocate() }

    @inlinable
    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count, "index \(index) outside 0 ..< \(count)")
            unsafe base[index] = newValue
        }
    }

    func copy() -> FlatBuffer {
        let other = FlatBuffer(uninitialized: count)
        unsafe other.base.update(from: base, count: count)
        return other
    }

    private init(uninitialized count: Int) {
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        self.count = count
    }

    func fill(_ value: Element) { unsafe base.update(repeating: value, count: count) }
}
