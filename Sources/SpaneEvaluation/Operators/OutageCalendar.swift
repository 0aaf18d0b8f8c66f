internal import SpaneScheduling

/// The beginnings and ends of outages in order of time.
struct OutageCalendar {
    struct Turn {
        let time: Double
        let server: Int
        let isStart: Bool
        let isFailure: Bool
    }

    private var turns: ArraySlice<Turn>
    /// The servers that are away now.
    private(set) var away: Set<Int> = []

    init(_ outages: [Outage]) {
        turns =
            outages.flatMap { outage in
                [
                    Turn(time: outage.start, server: outage.server, isStart: true, isFailure: outage.isFailure),
                    Turn(time: outage.end, server: outage.server, isStart: false, isFailure: false),
                ]
            }.sorted { ($0.time, $0.isStart ? 1 : 0, $0.server) < ($1.time, $1.isStart ? 1 : 0, $1.server) }[...]
    }

    /// What happens next, if it happens by then.
    @inline(__always)
    mutating func next(until time: Double) -> Turn? {
        guard let turn = turns.first, turn.time <= time else { return nil }
        turns.removeFirst()
        if turn.isStart { away.insert(turn.server) } else { away.remove(turn.server) }
        return turn
    }
}
