internal import CSpaneCancellation

/// What stops long work from outside: a number that somebody else makes other than 0.
///
/// It belongs to the thread that does the work; work that is spread over threads hands it on.
@safe
package struct Cancellation: @unchecked Sendable {
    private let flag: UnsafePointer<Int32>?

    /// - Parameter flag: stays valid as long as this is used; `nil` for work that nobody stops.
    package init(_ flag: UnsafePointer<Int32>?) { unsafe self.flag = flag }

    /// What stops the work of this thread.
    package static var current: Cancellation { unsafe Cancellation(cancellation_get()) }

    /// Makes it what stops the work of this thread.
    package func adopt() { unsafe cancellation_set(flag) }

    /// Whether the work is to stop.
    package var isRequested: Bool { unsafe cancellation_is_set(flag) != 0 }

    /// - Throws: `cancelled` when the work is to stop.
    package func check() throws(SchedulingError) {
        if isRequested { throw SchedulingError(.cancelled, "the flag of spane_set_cancel was set during the call") }
    }
}
