/// A live migration: a VM goes from some nodes to others, of another server or of its own.
///
/// Until it has gone, both hold it.
public struct Move: Equatable, Sendable {
    /// The VM.
    public let vm: UInt64
    /// Where it runs.
    public let source: Placement
    /// Where it is to run.
    public let target: Placement
    /// Its memory in GB, which is copied.
    public let mem: Double
    /// What the move costs; see ``MovePrices``.
    public let price: Double

    /// Creates a move.
    public init(vm: UInt64, source: Placement, target: Placement, mem: Double, price: Double) {
        (self.vm, self.source, self.target, self.mem, self.price) = (vm, source, target, mem, price)
    }

    /// Whether it goes from node to node of one server.
    public var isLocal: Bool { source.server == target.server }
}

/// Moves that were carried out.
public struct MoveCount: Equatable, Sendable {
    /// How many.
    public var moves = 0
    /// The memory that went to other servers, in GB.
    public var mem = 0.0
    /// The memory that went from node to node of a server, in GB.
    public var localMem = 0.0

    /// No moves.
    public init() {}

    /// Counts a move.
    package mutating func add(_ move: Move) {
        moves += 1
        if move.isLocal { localMem += move.mem } else { mem += move.mem }
    }

    /// Counts what others counted.
    package mutating func add(_ other: MoveCount) {
        moves += other.moves
        mem += other.mem
        localMem += other.localMem
    }
}
