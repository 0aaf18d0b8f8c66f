import SpaneStorage

/// One line per episode: start, length, bound, then the total wait in seconds under each policy.
enum WaitsCSV {
    static func text(
        starts: [Int],
        lengths: [Int],
        bounds: [Double],
        waits: [(policy: String, waits: [Double])]
    ) -> String {
        var text = CSVText.line(["start", "length", "bound"] + waits.map(\.policy))
        for index in starts.indices {
            text += CSVText.line(
                [String(starts[index]), String(lengths[index]), CSVText.number(bounds[index])]
                    + waits.map { CSVText.number($0.waits[index]) }
            )
        }
        return text
    }
}
