import SpaneSystem
import SpaneEvaluation
import Synchronization

/// A bar with speed and time left on standard error. Where that is no terminal, nothing, or a line now and then.
final class ProgressBar: Sendable {
    private struct State {
        /// What was done before the clock started.
        var first = 0
        var lastDrawn = -Double.infinity
    }

    private let title: String
    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    /// Seconds between two lines where there is no terminal; `nil` for none.
    private let lineInterval: Double?
    private let stopwatch = Stopwatch()
    private let state: Mutex<State>

    private static let width = 30
    private static let drawInterval = 0.1

    /// - Parameters:
    ///   - first: what was done before, which says nothing of the speed.
    init(_ title: String, total: Int, first: Int = 0, lineInterval: Double? = nil) {
        self.title = title
        self.total = total
        self.lineInterval = lineInterval
        // The first line comes after an interval; the bar at once.
        state = Mutex(State(first: first, lastDrawn: isTerminal ? -Double.infinity : 0))
    }

    /// Draws the bar or prints a line, if it is time to.
    func show(_ done: Int, note: String = "") {
        guard total > 0, let interval = isTerminal ? Self.drawInterval : lineInterval else { return }
        let now = stopwatch.seconds
        state.withLock { state in
            guard now - state.lastDrawn >= interval || isTerminal && done == total else { return }
            state.lastDrawn = now
            let pace = pace(done - state.first, now, left: total - done) + (note.isEmpty ? "" : "  \(note)")
            guard isTerminal else {
                let counts = "\(NumberText.grouped(done)) of \(NumberText.grouped(total))"
                return StandardError.write("\(title) \(counts)\(pace)\n")
            }
            let filled = min(Self.width, done * Self.width / total)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            StandardError.write("\r\u{1B}[2K\(title) \(bar) \(done * 100 / total) %\(pace)")
        }
    }

    /// Takes the bar away.
    func clear() {
        if isTerminal { StandardError.write("\r\u{1B}[2K") }
    }

    private func pace(_ done: Int, _ seconds: Double, left: Int) -> String {
        guard done > 0, seconds > 0 else { return "" }
        let speed = Double(done) / seconds
        let decimals = speed < 10 ? 2 : speed < 1000 ? 1 : 0
        return "  \(NumberText.grouped(speed, decimals: decimals))/s  "
            + "\(NumberText.duration((Double(left) / speed).rounded())) left"
    }
}
