// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneStorage

// Where episodes start.

@implementation @_cdecl("spane_starts_read")
public func spane_starts_read(
    _ text: UnsafePointer<CChar>?,
    _ starts: UnsafeMutablePointer<Int64>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        // It may be a path.
        let text = try unsafe pathText(text, "text")
        let count = try unsafe required(count, "count")
        let read = try Starts.parse(text) ?? StartsFile.read(text)
        unsafe count.pointee = read.count
        guard let starts = unsafe starts else { return SPANE_OK }
        guard capacity < 0 || capacity >= read.count else {
            throw Failure(
                SPANE_BUFFER_TOO_SMALL,
                "starts has room for \(capacity) indices; \(read.count) are needed"
            )
        }
        for (index, start) in read.enumerated() { unsafe starts[index] = Int64(start) }
        return SPANE_OK
    }
}
