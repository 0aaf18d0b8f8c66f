import SpaneScheduling

/// A VM that has no place in a replay.
struct ReplayWish {
    /// Its id in the log; `nil` while only the replay has lost it.
    var id: UInt64?
    var request: Request
    var group: UInt64
    /// The event with which it asked first; -1 while only the replay has lost it.
    var event: Int
    /// When it asked first.
    let since: Double
    /// When the log placed it.
    var placed: Double?
    /// How long it ran in the log, when that is over.
    var lifetime: Double?
}
