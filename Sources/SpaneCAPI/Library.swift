// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import CSpaneMessage

@implementation @_cdecl("spane_version")
public func spane_version() -> Int32 {
    SPANE_VERSION_MAJOR * 1_000_000 + SPANE_VERSION_MINOR * 1000 + SPANE_VERSION_PATCH
}

@implementation @_cdecl("spane_version_string")
public func spane_version_string() -> UnsafePointer<CChar>? { unsafe versionText.pointer }

@implementation @_cdecl("spane_abi_version")
public func spane_abi_version() -> Int32 { SPANE_ABI_VERSION }

@implementation @_cdecl("spane_status_name")
public func spane_status_name(_ status: spane_status) -> UnsafePointer<CChar>? {
    switch status {
    case SPANE_OK: unsafe constant("SPANE_OK")
    case SPANE_NO_ROOM: unsafe constant("SPANE_NO_ROOM")
    case SPANE_NEVER_FITS: unsafe constant("SPANE_NEVER_FITS")
    case SPANE_CONFLICT: unsafe constant("SPANE_CONFLICT")
    case SPANE_INVALID_ARGUMENT: unsafe constant("SPANE_INVALID_ARGUMENT")
    case SPANE_NULL_POINTER: unsafe constant("SPANE_NULL_POINTER")
    case SPANE_BUFFER_TOO_SMALL: unsafe constant("SPANE_BUFFER_TOO_SMALL")
    case SPANE_INFEASIBLE_ACTION: unsafe constant("SPANE_INFEASIBLE_ACTION")
    case SPANE_BAD_STATE: unsafe constant("SPANE_BAD_STATE")
    case SPANE_IO: unsafe constant("SPANE_IO")
    case SPANE_FORMAT: unsafe constant("SPANE_FORMAT")
    case SPANE_SHAPE_MISMATCH: unsafe constant("SPANE_SHAPE_MISMATCH")
    case SPANE_UNKNOWN_VERSION: unsafe constant("SPANE_UNKNOWN_VERSION")
    case SPANE_OUT_OF_MEMORY: unsafe constant("SPANE_OUT_OF_MEMORY")
    case SPANE_INTERNAL: unsafe constant("SPANE_INTERNAL")
    case SPANE_NOT_FOUND: unsafe constant("SPANE_NOT_FOUND")
    case SPANE_EXISTS: unsafe constant("SPANE_EXISTS")
    case SPANE_UNSUPPORTED: unsafe constant("SPANE_UNSUPPORTED")
    case SPANE_CANCELLED: unsafe constant("SPANE_CANCELLED")
    default: unsafe constant("unknown status")
    }
}

@implementation @_cdecl("spane_last_error")
public func spane_last_error() -> UnsafePointer<CChar>? { unsafe message_get() }

@implementation @_cdecl("spane_set_log")
public func spane_set_log(
    _ callback: spane_log_callback?,
    _ level: Int32,
    _ user: UnsafeMutableRawPointer?
) -> spane_status {
    call {
        guard level == SPANE_LOG_ERROR || level == SPANE_LOG_INFO else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "level is \(level); it must be SPANE_LOG_ERROR (\(SPANE_LOG_ERROR)) or SPANE_LOG_INFO (\(SPANE_LOG_INFO))"
            )
        }
        unsafe Log.set(callback, level, user)
        return SPANE_OK
    }
}

/// The version as people write it, of the numbers in the header.
let versionText = PermanentText("\(SPANE_VERSION_MAJOR).\(SPANE_VERSION_MINOR).\(SPANE_VERSION_PATCH)")

/// A C string that lives as long as the library.
func constant(_ text: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
