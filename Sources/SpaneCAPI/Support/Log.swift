internal import CSpaneHeader
internal import CSpaneMessage
internal import SpaneSystem

/// The listener that the host has set.
enum Log {
    @safe
    private struct Listener: @unchecked Sendable {
        let callback: spane_log_callback
        let level: Int32
        let user: UnsafeMutableRawPointer?
    }

    private static let mutex = SystemMutex()
    // Read and changed while the lock is held only.
    nonisolated(unsafe) private static var listener: Listener?

    static func set(_ callback: spane_log_callback?, _ level: Int32, _ user: UnsafeMutableRawPointer?) {
        let new = unsafe callback.map { unsafe Listener(callback: $0, level: level, user: user) }
        mutex.lock()
        unsafe listener = new
        mutex.unlock()
    }

    static func write(_ level: Int32, _ message: String) {
        // The lock is not held while the host's code runs.
        mutex.lock()
        let current = unsafe listener
        mutex.unlock()
        guard let listener = current, level <= listener.level else { return }
        waiting_forbid()
        unsafe message.withCString { unsafe listener.callback(level, $0, listener.user) }
        waiting_allow()
        // What a call of the host's failed with is no failure of the call that it is told about.
        message_clear()
    }
}
