/// The times of a log's events, some of which come from the clock of the system and others from the caller.
///
/// A log that takes its times from the caller goes on from where it is, so that a simulation may begin at 0 in any year; only when it
/// does so from its beginning are the times the caller's own ones.
struct LogClock {
    /// The longest time in seconds whose microseconds can be counted, and the difference of two of them.
    static let largestTime = 0x1p42

    // As it is written, in microseconds.
    private var written = 0
    // What is added to a time of the caller; `nil` before there was one.
    private var offset: Int?
    private var isCallers = false

    static func microseconds(_ seconds: Double) -> Int { Int((seconds * 1e6).rounded()) }

    private var now: Int { isCallers ? written &+ (offset ?? 0) : written }

    /// The time in seconds.
    var seconds: Double { Double(now) / 1e6 }

    /// Begins with a time of the system.
    mutating func begin(at seconds: Double) {
        written = Self.microseconds(seconds)
        isCallers = false
    }

    /// Goes on, by so many microseconds.
    mutating func advance(by delay: Int) { written &+= delay }

    /// Goes on by the caller's times.
    ///
    /// - Parameters:
    ///   - delay: how far the first one is from the time of the last event.
    ///   - isBeginning: whether only a beginning came before, so that no time has passed.
    ///   - isFirst: whether that is the beginning of the log.
    mutating func change(by delay: Int, isBeginning: Bool, isFirst: Bool) {
        let before = now
        written &+= delay
        if isFirst {
            offset = 0
        } else if offset == nil || !isBeginning {
            offset = before &- written
        }
        isCallers = true
    }
}
