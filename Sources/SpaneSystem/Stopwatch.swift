/// Measures how long something takes.
///
/// `ContinuousClock` would do, but it lives in the concurrency library, which brings Dispatch into a process that only
/// wants decisions.
package struct Stopwatch: Sendable {
    private let begin = now()

    package init() {}

    /// Since this was made.
    package var seconds: Double { Self.now() - begin }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
