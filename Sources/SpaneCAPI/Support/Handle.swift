internal import CSpaneHeader

/// An object that C knows by a handle of its own type.
protocol HandleObject: AnyObject {
    /// Tells this type from the others.
    static var tag: UInt64 { get }
    /// The type's name in C.
    static var name: StaticString { get }
}

/// What a handle points at. The tag catches handles of another type and, as long as the memory is not in use again,
/// handles that were given back.
@unsafe
private struct HandleRecord {
    var tag: UInt64
    var object: UnsafeMutableRawPointer
}

enum Handle {
    /// A new handle that owns `object`.
    static func make<Object: HandleObject>(_ object: Object) -> OpaquePointer {
        let record = UnsafeMutablePointer<HandleRecord>.allocate(capacity: 1)
        unsafe record.initialize(
            to: unsafe HandleRecord(tag: Object.tag, object: Unmanaged.passRetained(object).toOpaque())
        )
        return OpaquePointer(record)
    }

    /// The object behind a handle.
    @inline(__always)
    static func object<Object: HandleObject>(
        _ handle: OpaquePointer?,
        _: Object.Type,
        _ argument: StaticString
    ) throws(Failure) -> Object {
        guard let handle = unsafe handle else { throw null(argument) }
        let record = unsafe UnsafeMutablePointer<HandleRecord>(handle)
        guard unsafe record.pointee.tag == Object.tag else { throw foreign(argument, Object.name) }
        return unsafe Unmanaged<Object>.fromOpaque(record.pointee.object).takeUnretainedValue()
    }

    /// Gives back a handle; does nothing for NULL and for a handle of another type.
    static func free<Object: HandleObject>(_ handle: OpaquePointer?, _: Object.Type) {
        guard let handle = unsafe handle else { return }
        let record = unsafe UnsafeMutablePointer<HandleRecord>(handle)
        guard unsafe record.pointee.tag == Object.tag else { return }
        unsafe record.pointee.tag = 0
        unsafe Unmanaged<Object>.fromOpaque(record.pointee.object).release()
        unsafe record.deallocate()
    }

    @inline(never)
    private static func foreign(_ argument: StaticString, _ type: StaticString) -> Failure {
        Failure(SPANE_INVALID_ARGUMENT, "\(argument) is no \(type); it may be of another type or given back already")
    }
}
