internal import SpaneScheduling

/// What a ``Shortlist`` is for, and whether it is worth its while.
struct ShortlistUse: BitwiseCopyable {
    private var cpu = -1.0
    private var mem = -1.0
    private var isSplit = false
    /// The decision in which it was asked last.
    var lastUse = 0
    /// Whether the list can be asked.
    var isMade = false
    /// The decisions that it served since it was made.
    var served = 0
    // The turns to pass before it is made again, and how many they were the last time.
    private var pause = 0
    private var latestPause = 0

    /// A list that served fewer decisions was not worth making.
    private static let fewServed = 8
    private static let mostPause = 63

    /// For no request.
    init() {}

    init(_ request: Request, lastUse: Int) {
        cpu = request.cpu
        mem = request.mem
        isSplit = request.isSplit
        self.lastUse = lastUse
    }

    var request: Request { Request(cpu: cpu, mem: mem, isSplit: isSplit) }

    @inline(__always)
    func isFor(_ request: Request) -> Bool {
        cpu == request.cpu && mem == request.mem && isSplit == request.isSplit
    }

    /// Notes that the list could not answer. One that fails soon waits longer and longer until it is made again.
    mutating func noteFailure() {
        latestPause = served < Self.fewServed ? min(2 * latestPause + 1, Self.mostPause) : 0
        pause = latestPause
        served = 0
    }

    /// Whether the list should be made now.
    mutating func takesTurn() -> Bool {
        if pause == 0 { return true }
        pause -= 1
        return false
    }
}
