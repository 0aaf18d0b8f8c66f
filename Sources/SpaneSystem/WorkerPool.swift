internal import Synchronization

/// Threads that wait for work and end with the pool.
///
/// Whoever runs work takes part in it and never waits for a thread that still sleeps, so that work which is too short to
/// wake anybody costs hardly more than without threads.
package final class WorkerPool: Sendable {
    private let shared: Shared
    private let threads: [pthread_t]

    /// Starts threads; fewer when the system has none left, which only costs speed.
    ///
    /// - Parameter body: the work. It takes its part of what there is to do until there is none left.
    package init(threads count: Int, _ body: @escaping @Sendable () -> Void) {
        let shared = Shared(body)
        self.shared = shared
        // Signals are for the threads of the host.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        threads = (0..<count).compactMap { _ in Self.start(shared) }
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    deinit {
        guard shared.isHere else { return }
        shared.stop()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs the work on this thread and on those that are awake in time; returns when all of it is done.
    package func run() {
        guard !threads.isEmpty, shared.isHere else { return shared.body() }
        shared.open()
        shared.body()
        shared.close()
    }

    private static func start(_ shared: Shared) -> pthread_t? {
        // The pool outlives its threads, so they retain nothing: what they retained, a process made by fork, which does
        // not have them, could never free.
        let argument = unsafe Unmanaged.passUnretained(shared)
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                if let pointer = unsafe pointer {
                    unsafe Unmanaged<Shared>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.work() }
                }
                return nil
            },
            argument.toOpaque()
        )
        return status == 0 ? thread : nil
    }
}

/// What the threads of a pool have in common.
@safe
private final class Shared: @unchecked Sendable {
    let body: @Sendable () -> Void
    private let process = getpid()

    // Counts the runs, so that a thread can tell a new one.
    private let generation = Atomic<UInt64>(0)
    // 1 while threads may join the run, and 2 for each thread that has joined.
    private let members = Atomic<Int>(0)
    private let isStopping = Atomic(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    // Looks before it sleeps: steps follow each other quickly, and waking up takes longer than a short step.
    private static let looks = 50

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(wake, nil)
        unsafe pthread_cond_init(done, nil)
    }

    deinit {
        // Destroying waits for those who wait, who are not there after fork.
        if isHere {
            unsafe pthread_cond_destroy(done)
            unsafe pthread_cond_destroy(wake)
            unsafe pthread_mutex_destroy(mutex)
        }
        unsafe done.deallocate()
        unsafe wake.deallocate()
        unsafe mutex.deallocate()
    }

    /// Whether this is the process that has the threads; one made by fork has their memory only.
    var isHere: Bool { getpid() == process }

    // MARK: The thread that runs work

    func open() {
        members.store(1, ordering: .releasing)
        announce()
    }

    /// Lets nobody join any more and waits for those who have joined.
    func close() {
        guard members.subtract(1, ordering: .acquiringAndReleasing).newValue != 0 else { return }
        for _ in 0..<Self.looks {
            if members.load(ordering: .acquiring) == 0 { return }
            sched_yield()
        }
        unsafe pthread_mutex_lock(mutex)
        while members.load(ordering: .acquiring) != 0 { unsafe pthread_cond_wait(done, mutex) }
        unsafe pthread_mutex_unlock(mutex)
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        announce()
    }

    private func announce() {
        unsafe pthread_mutex_lock(mutex)
        generation.add(1, ordering: .releasing)
        unsafe pthread_cond_broadcast(wake)
        unsafe pthread_mutex_unlock(mutex)
    }

    // MARK: The threads of the pool

    func work() {
        var seen: UInt64 = 0
        while true {
            seen = next(after: seen)
            if isStopping.load(ordering: .acquiring) { return }
            guard join() else { continue }
            body()
            leave()
        }
    }

    /// Waits for another run than the one that was seen last.
    private func next(after seen: UInt64) -> UInt64 {
        for _ in 0..<Self.looks {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            sched_yield()
        }
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            let now = generation.load(ordering: .acquiring)
            if now != seen { return now }
            unsafe pthread_cond_wait(wake, mutex)
        }
    }

    /// Joins the run that is open, if one is.
    private func join() -> Bool {
        var count = members.load(ordering: .relaxed)
        while count & 1 == 1 {
            let exchange = members.weakCompareExchange(
                expected: count,
                desired: count + 2,
                successOrdering: .acquiring,
                failureOrdering: .relaxed
            )
            if exchange.exchanged { return true }
            count = exchange.original
        }
        return false
    }

    private func leave() {
        guard members.subtract(2, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        // The lock makes sure that whoever waits has either seen the number or sleeps already.
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_signal(done)
        unsafe pthread_mutex_unlock(mutex)
    }
}
