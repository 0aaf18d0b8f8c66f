internal import Glibc

/// The figures as JSON.
struct JSONReport {
    let figures: [Figure]

    var text: String {
        let lines = figures.map { figure in
            "    {\"figure\": \"\(figure.name)\", \"unit\": \"\(figure.unit.rawValue)\", "
                + "\"libspane\": \(figure.library), \"peer\": \(figure.peer.map { "\($0)" } ?? "null"), "
                + "\"ratio\": \(figure.ratio.map { "\($0)" } ?? "null"), "
                + "\"of_limit\": \(figure.limit.map { "\($0.share)" } ?? "null"), "
                + "\"limit\": \(figure.limit.map { "\"\($0.name)\"" } ?? "null")}"
        }
        return "{\n  \"figures\": [\n" + lines.joined(separator: ",\n") + "\n  ]\n}\n"
    }

    func write(to path: String) throws(BenchmarkError) { try writeText(text, to: path) }
}

/// Writes a whole file.
func writeText(_ text: String, to path: String) throws(BenchmarkError) {
    guard let file = unsafe fopen(path, "w") else { throw BenchmarkError("\(path) cannot be written") }
    let isWritten = unsafe fputs(text, file) >= 0
    guard unsafe fclose(file) == 0, isWritten else { throw BenchmarkError("\(path) cannot be written") }
}
