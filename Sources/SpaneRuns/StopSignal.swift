internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM as a wish to stop at the next good moment; a second one ends the process at once.
package enum StopSignal {
    private static let received = Atomic<Int32>(0)

    /// Takes the signals from now on.
    package static func install() {
        // The handler may only touch what exists already.
        received.store(0, ordering: .relaxed)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                StopSignal.received.store(number, ordering: .relaxed)
            }
            action.sa_flags = SA_RESTART | Int32(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(signal, &action, nil)
            unsafe sigaddset(&signals, signal)
        }
        // Blocked signals are inherited: a program that starts this one from a worker thread has often blocked them there.
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// The number of the signal that came, or `nil`.
    package static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
