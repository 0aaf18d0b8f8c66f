// The C library of the system, for all other modules: none of them names it, so a port changes this file alone.

#if canImport(Glibc)
    @_exported public import Glibc
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Darwin
#endif

// Calls under names that no method of the same name hides.

package func systemOpen(_ path: UnsafePointer<CChar>, _ flags: Int32) -> Int32 { unsafe open(path, flags) }

package func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

package func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, buffer, count)
}

package func systemRemove(_ path: UnsafePointer<CChar>) -> Int32 { unsafe remove(path) }

package func systemExit(_ status: Int32) -> Never { exit(status) }
