/// A VM that runs on a server and may have to move.
///
/// It refers to no object, so that searches copy plain numbers.
struct Resident: BitwiseCopyable {
    let id: UInt64
    var placement: Placement
    /// Which of the requests of the search it has.
    let kind: Int32
    /// The one before it on the server where it was at first, -1 for none.
    var previous: Int32 = -1
    var hasMoved = false
    /// What its GB cost when it goes to another server; infinite for one that may not move.
    let mem: Double
    /// The least that its move can cost.
    let leastPrice: Double
    /// What its request takes of each node.
    let share: NodeShare
}

/// A VM on a server that is to be emptied or evened out.
struct RunningVM {
    let id: UInt64
    let request: Request
    let placement: Placement
}
