internal import SpaneSystem
internal import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a wish to stop at the next good moment; a second SIGINT or SIGTERM ends the process at once.
package enum StopSignal {
    private static let received = Atomic<Int32>(0)

    /// Takes the signals from now on.
    package static func install() {
        // The handler may only touch what exists already.
        received.store(0, ordering: .relaxed)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] where !(signal == SIGHUP && isIgnored(signal)) {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                StopSignal.received.store(number, ordering: .relaxed)
            }
            // The end of a terminal is told by its shell and by the kernel, so that SIGHUP comes twice by itself.
            let isOnce = signal != SIGHUP
            action.sa_flags = SA_RESTART | (isOnce ? Int32(bitPattern: UInt32(SA_RESETHAND)) : 0)
            unsafe sigaction(signal, &action, nil)
            unsafe sigaddset(&signals, signal)
        }
        // Blocked signals are inherited: a program that starts this one from a worker thread has often blocked them there.
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Whether whoever started the process has set it to outlive this signal, as nohup does.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0, let handler = unsafe action.__sigaction_handler.sa_handler
        else { return false }
        return unsafe unsafeBitCast(handler, to: Int.self) == 1
    }

    /// The number of the signal that came, or `nil`.
    package static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
