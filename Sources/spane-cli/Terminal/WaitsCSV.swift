import SpaneScheduling
import SpaneStorage

/// One line per episode: start, length, bound, then the total wait in seconds under each policy; where VMs may be moved, followed by
/// the moves.
enum WaitsCSV {
    struct Column {
        let policy: String
        let waits: [Double]
        /// `nil` where nothing may be moved.
        var moved: [MoveCount]?
    }

    static func text(starts: [Int], lengths: [Int], bounds: [Double], columns: [Column]) -> String {
        var text = CSVText.line(
            ["start", "length", "bound"]
                + columns.flatMap { [$0.policy] + ($0.moved == nil ? [] : MoveColumns.csvHeader($0.policy)) }
        )
        for index in starts.indices {
            text += CSVText.line(
                [String(starts[index]), String(lengths[index]), CSVText.number(bounds[index])]
                    + columns.flatMap {
                        [CSVText.number($0.waits[index])] + ($0.moved.map { MoveColumns.csvCells($0[index]) } ?? [])
                    }
            )
        }
        return text
    }
}
