/// Events in the order in which they happened, read as often as wanted.
package protocol EventSource: Sendable {
    /// Calls `body` with the time of each event in seconds, and the event.
    func forEachEvent(_ progress: Progress, _ body: (_ time: Double, _ event: ClusterEvent) throws -> Void) throws
}

extension EventSource {
    /// Calls `body` with the events that lasted: what happened in trials comes when the outermost one was kept, and not at all when one
    /// was dropped. Times never fall, as a clock that is set back would have them do.
    package func forEachLasting(
        _ progress: Progress,
        _ body: (_ time: Double, _ event: ClusterEvent) throws -> Void
    ) throws {
        var held: [(time: Double, event: ClusterEvent)] = []
        // [open trial]: how many events were held when it began.
        var starts: [Int] = []
        var latest = -Double.infinity
        try forEachEvent(progress) { time, event in
            latest = max(latest, time)
            switch event {
            case .beginTrial: starts.append(held.count)
            case .dropTrial: if let start = starts.popLast() { held.removeSubrange(start...) }
            case .keepTrial:
                starts.removeLast(min(starts.count, 1))
                guard starts.isEmpty else { return }
                for (time, event) in held { try body(time, event) }
                held.removeAll(keepingCapacity: true)
            default:
                // A scheduler that ended within a trial leaves it open.
                if case .start = event {
                    starts.removeAll()
                    held.removeAll()
                }
                if starts.isEmpty { try body(latest, event) } else { held.append((latest, event)) }
            }
        }
    }
}
