import Glibc

/// A bar on standard error, drawn only when that is a terminal.
struct ProgressBar: Sendable {
    private let title: String
    private let total: Int
    private let isShown: Bool

    private static let width = 30

    init(_ title: String, total: Int) {
        self.title = title
        self.total = total
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// Draws the bar; only full percents are worth a line.
    func show(_ done: Int) {
        guard isShown, total > 0, done * 100 / total != (done - 1) * 100 / total else { return }
        let filled = done * Self.width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        write("\r\u{1B}[2K\(title) \(bar) \(done * 100 / total) %")
    }

    /// Takes the bar away.
    func clear() {
        if isShown { write("\r\u{1B}[2K") }
    }

    private func write(_ text: String) { StandardError.write(text) }
}

/// Writes to standard error without buffering.
enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
