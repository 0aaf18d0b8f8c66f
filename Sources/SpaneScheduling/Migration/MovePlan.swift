/// Moves in an order in which each has room for its VM while its source still holds it.
public struct MovePlan: Equatable, Sendable {
    /// In the order in which they are carried out.
    public var moves: [Move]
    /// Where the VM fits then for which the plan makes room; `nil` for plans that empty servers.
    public var placement: Placement?

    /// Creates a plan.
    public init(moves: [Move] = [], placement: Placement? = nil) { (self.moves, self.placement) = (moves, placement) }

    /// What the moves cost together.
    public var price: Double { moves.reduce(0) { $0 + $1.price } }
    /// The memory that is moved, in GB.
    public var mem: Double { moves.reduce(0) { $0 + $1.mem } }
}

/// What came of looking for room.
public enum RoomResult: Equatable, Sendable {
    /// A plan, and whether it is proven that none is cheaper.
    case plan(MovePlan, isCheapest: Bool)
    /// None exists.
    case impossible(NoRoom)
    /// None was found in what was looked at before the budget was spent.
    case notFound

    /// The plan, if there is one.
    public var plan: MovePlan? { if case .plan(let plan, _) = self { plan } else { nil } }
}

/// Why no plan exists.
public enum NoRoom: Equatable, Sendable {
    /// No server is in placement: there is none, or each is cordoned or closed.
    case noServers
    /// No server that is in placement could hold the VM while nothing else runs there.
    case tooLarge
    /// The servers could not hold all VMs together, wherever they ran.
    case fleetIsFull
    /// It takes more moves than are allowed.
    case tooManyMoves
}
