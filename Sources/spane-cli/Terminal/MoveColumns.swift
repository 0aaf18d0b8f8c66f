import SpaneEvaluation
import SpaneScheduling
import SpaneStorage

/// What tables and files say about moves.
enum MoveColumns {
    /// The heads of the columns of a table.
    static let header = ["moves/1,000 VMs", "GB moved/GB"]

    /// The cells below them.
    static func cells(_ figures: MoveFigures) -> [String] {
        [NumberText.grouped(figures.perThousandVMs, decimals: 1), NumberText.percent(figures.memShare, decimals: 2)]
    }

    /// What the cells mean.
    static let note = "GB moved/GB: what goes from server to server, of the memory that is placed."

    /// The columns of a file with one row an episode and policy.
    static let csvNames = ["moves", "moved_gb", "moved_local_gb"]

    static func csvCells(_ moved: MoveCount) -> [String] {
        ["\(moved.moves)", CSVText.number(moved.mem), CSVText.number(moved.localMem)]
    }
}

extension MoveLimits {
    /// As a heading says it.
    var inWords: String { withoutTime + (secondsPerGB > 0 ? ", \(CSVText.number(secondsPerGB)) s a GB" : "") }

    /// The same where nothing waits.
    var withoutTime: String { "up to \(moves) move\(moves == 1 ? "" : "s") make room for a VM" }
}

/// What a JSON document says about the moves that are allowed.
struct MoveLimitsDocument: Encodable {
    let moves: Int
    let seconds_per_gb: Double
    let price: Double
    let budget: Int

    init?(_ limits: MoveLimits?) {
        guard let limits else { return nil }
        (moves, seconds_per_gb) = (limits.moves, limits.secondsPerGB)
        (price, budget) = (limits.prices.move, limits.budget)
    }
}

/// What a JSON document says about the moves that were made.
struct MovesDocument: Encodable {
    let moves: Int
    let moves_per_1000_vms: Double
    let moves_per_day: Double
    let gb_moved: Double
    let gb_moved_per_gb_placed: Double
    let local_gb_moved: Double
    let local_gb_moved_per_gb_placed: Double

    init?(_ figures: MoveFigures?) {
        guard let figures else { return nil }
        moves = figures.moved.moves
        moves_per_1000_vms = figures.perThousandVMs
        moves_per_day = figures.perDay
        gb_moved = figures.moved.mem
        gb_moved_per_gb_placed = figures.memShare
        local_gb_moved = figures.moved.localMem
        local_gb_moved_per_gb_placed = figures.localMemShare
    }
}
