/// Moves that empty servers.
public struct ServerPlan: Equatable, Sendable {
    /// In the order in which they are carried out.
    public var moves: [Move] = []
    /// The numbers of the servers on which nothing runs then that had VMs.
    public var emptied: [Int] = []
    /// The VMs for which no place was found.
    public var stuck: [UInt64] = []
    /// No plan for the same costs less; for consolidation, no more servers than this can be emptied.
    public var bound: Double = 0

    /// A plan of these moves.
    public init(moves: [Move] = []) { self.moves = moves }

    /// What the moves cost together.
    public var price: Double { moves.reduce(0) { $0 + $1.price } }
    /// The memory that is moved, in GB.
    public var mem: Double { moves.reduce(0) { $0 + $1.mem } }
}
