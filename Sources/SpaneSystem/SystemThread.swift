/// A POSIX thread, since the library must not link Dispatch or Swift's concurrency.
package final class SystemThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let handle: pthread_t

    /// Starts a thread; `nil` when the system has none left, which only costs speed.
    package init?(_ run: @escaping @Sendable () -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(run))
        var handle = pthread_t()
        let status = unsafe pthread_create(
            &handle,
            nil,
            { pointer in
                if let pointer = unsafe pointer {
                    unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                }
                return nil
            },
            body.toOpaque()
        )
        guard status == 0 else {
            unsafe body.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits until it has ended.
    package func join() { _ = pthread_join(handle, nil) }
}
