internal import CSpaneHeader
internal import CSpaneMessage
internal import SpaneScheduling

extension Progress {
    /// Progress of a call whose whole is `total`, for the caller.
    ///
    /// - Parameter pointer: NULL for nobody.
    init(_ pointer: UnsafePointer<spane_progress>?, total: Int) {
        guard let pointer = unsafe pointer, let callback = unsafe pointer.pointee.callback else {
            self = .none
            return
        }
        let listener = unsafe Listener(callback, pointer.pointee.user, total: total)
        self.init { listener.tell($0) }
    }
}

/// Who is told how far a call is.
@safe
private final class Listener {
    private let callback: spane_progress_callback
    private let user: UnsafeMutableRawPointer?
    private let total: Int

    init(_ callback: @escaping spane_progress_callback, _ user: UnsafeMutableRawPointer?, total: Int) {
        unsafe self.callback = callback
        unsafe self.user = user
        self.total = total
    }

    func tell(_ share: Double) -> Bool {
        let done = min(total, Int((share * Double(total)).rounded()))
        return insideOfHost { unsafe callback(Int64(done), Int64(total), user) } == 0
    }
}

/// Calls a function of the host's, in which this thread must not wait for others.
func insideOfHost(_ body: () -> Int32) -> Int32 {
    // What a call of the callback's failed with is no failure of the call that it is made by.
    waiting_forbid()
    defer {
        waiting_allow()
        message_clear()
    }
    return body()
}
