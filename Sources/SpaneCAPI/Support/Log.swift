internal import CSpaneHeader
internal import CSpaneMessage
internal import Synchronization

/// The listener that the host has set.
enum Log {
    @safe
    private struct Listener: @unchecked Sendable {
        let callback: spane_log_callback
        let level: Int32
        let user: UnsafeMutableRawPointer?
    }

    private static let listener = Mutex<Listener?>(nil)

    static func set(_ callback: spane_log_callback?, _ level: Int32, _ user: UnsafeMutableRawPointer?) {
        let new = unsafe callback.map { unsafe Listener(callback: $0, level: level, user: user) }
        listener.withLock { $0 = new }
    }

    static func write(_ level: Int32, _ message: String) {
        // The lock is not held while the host's code runs.
        guard let listener = listener.withLock({ $0 }), level <= listener.level else { return }
        unsafe message.withCString { unsafe listener.callback(level, $0, listener.user) }
        // What a call of the host's failed with is no failure of the call that it is told about.
        message_clear()
    }
}
