/// A VM that runs on a server and may have to move.
struct Resident {
    let id: UInt64
    let request: Request
    var placement: Placement
    /// What its GB cost when it goes to another server; infinite for one that may not move.
    var mem: Double
    var hasMoved = false

    /// Where a VM runs whose nodes, size and price are the same, it makes no difference which of the two goes.
    func isLike(_ other: Resident) -> Bool {
        placement == other.placement && mem == other.mem && request == other.request
    }
}
