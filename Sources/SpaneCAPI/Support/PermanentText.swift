internal import SpaneSystem

/// A C string that is made once and lives as long as whoever holds it.
@safe
final class PermanentText: @unchecked Sendable {
    let pointer: UnsafePointer<CChar>?

    init(_ text: String) { unsafe pointer = UnsafePointer(strdup(text)) }

    deinit { unsafe free(UnsafeMutablePointer(mutating: pointer)) }
}
