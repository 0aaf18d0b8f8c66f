internal import SpaneSystem
internal import Synchronization

/// How far long work is, for whoever waits for it and may stop it.
///
/// Work hands it down to its parts, each of which is a share of the whole, and asks every now and then whether to go on, in
/// any of its threads. Who waits is told in the thread that began the work.
package struct Progress: Sendable {
    private let report: Report?
    private let lower: Double
    private let width: Double
    private let around: (@Sendable (() -> Void) -> Void)?

    /// Whether anybody waits.
    package var isHeard: Bool { report != nil }

    /// Of work for which nobody waits.
    package static let none = Progress(nil, 0, 1, nil)

    private init(
        _ report: Report?,
        _ lower: Double,
        _ width: Double,
        _ around: (@Sendable (() -> Void) -> Void)?
    ) {
        self.report = report
        self.lower = lower
        self.width = width
        self.around = around
    }

    /// - Parameter listener: told now and then which share of the work is done, 0 ... 1; returns whether to go on.
    package init(_ listener: @escaping (Double) -> Bool) { self.init(Report(listener), 0, 1, nil) }

    /// The part of this work between two shares of it.
    package func part(_ from: Double, _ to: Double) -> Progress {
        Progress(report, lower + from * width, (to - from) * width, around)
    }

    /// The part with this index of `count` equal ones.
    package func part(_ index: Int, of count: Int) -> Progress {
        part(Double(index) / Double(count), Double(index + 1) / Double(count))
    }

    /// The same for work that must let go of something while a stranger's code runs.
    package func leaving(_ around: @escaping @Sendable (() -> Void) -> Void) -> Progress {
        Progress(report, lower, width, around)
    }

    /// Notes that `done` of `total` steps are done. Cheap, but not so cheap as to do it at every step of a fast loop.
    ///
    /// - Throws: `cancelled` when the work is to stop.
    package func check(_ done: Int, of total: Int) throws(SchedulingError) {
        guard let report else { return }
        report.move(to: lower + width * Double(done) / Double(max(total, 1)))
        try report.check(around)
    }

    /// Whether to go on, for work within one step.
    ///
    /// - Throws: `cancelled` when the work is to stop.
    package func check() throws(SchedulingError) { try report?.check(around) }

    /// The same in loops of short steps, which ask once in 4096 of them.
    @inline(__always)
    package func check(step: Int, of total: Int) throws(SchedulingError) {
        if step & 4095 == 0 { try check(step, of: total) }
    }

    /// Sorts, asking now and then whether to go on.
    ///
    /// - Throws: `cancelled`; the elements are in any order then.
    package func sort<Element>(
        _ elements: inout [Element],
        by precedes: (Element, Element) -> Bool
    ) throws(SchedulingError) {
        guard report != nil else { return elements.sort(by: precedes) }
        var comparisons = 0
        do {
            try elements.sort { left, right in
                comparisons &+= 1
                if comparisons & 4095 == 0 { try check() }
                return precedes(left, right)
            }
        } catch {
            // Sorting throws what the check throws.
            throw error as? SchedulingError ?? SchedulingError(.cancelled, "\(error)")
        }
    }

    /// Tells the end of this part, whether or not it is time to tell something; called by the thread that began the work.
    ///
    /// - Throws: `cancelled` when the result is not wanted any more.
    package func finish() throws(SchedulingError) {
        guard let report else { return }
        report.move(to: lower + width)
        try report.tell(around)
    }
}

@safe
private final class Report: @unchecked Sendable {
    private let listener: (Double) -> Bool
    private let owner = pthread_self()
    private let isCancelled = Atomic(false)
    // The bits of a number from 0 on, which order as the number does.
    private let position = Atomic<UInt64>(0)
    // When the listener is to be told again; for the owner alone.
    private var due: Int

    /// The time between two calls of the listener, in nanoseconds: well below what a person notices.
    private static let interval = 25_000_000

    init(_ listener: @escaping (Double) -> Bool) {
        self.listener = listener
        due = Self.now + Self.interval
    }

    func move(to share: Double) { position.max(share.bitPattern, ordering: .relaxed) }

    func check(_ around: ((() -> Void) -> Void)?) throws(SchedulingError) {
        if pthread_equal(pthread_self(), owner) != 0, Self.now >= due { return try tell(around) }
        try checkCancelled()
    }

    func tell(_ around: ((() -> Void) -> Void)?) throws(SchedulingError) {
        // Who has stopped the work is not told of what other threads still end.
        try checkCancelled()
        let share = Double(bitPattern: position.load(ordering: .relaxed))
        let call = { if !self.listener(share) { self.isCancelled.store(true, ordering: .relaxed) } }
        if let around { around(call) } else { call() }
        due = Self.now + Self.interval
        try checkCancelled()
    }

    private func checkCancelled() throws(SchedulingError) {
        guard isCancelled.load(ordering: .relaxed) else { return }
        throw SchedulingError(.cancelled, "its progress callback has cancelled the call")
    }

    /// The coarse clock goes on every few milliseconds and is several times cheaper to read.
    private static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
