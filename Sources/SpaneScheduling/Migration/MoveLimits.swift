/// How many moves a plan may have, how long one is looked for, and what moves cost.
public struct MoveLimits: Hashable, Sendable {
    /// The most moves of a plan, 0 ... ``largestMoves``.
    public var moves: Int
    /// The steps of the search after the greedy plan; 0 for the greedy plan alone. A step looks at one VM that may go, which takes
    /// about a microsecond on few servers.
    public var budget: Int
    /// Whether what is left of the budget is spent on all sequences of moves, so that a plan is proven to be the cheapest, or none to
    /// exist.
    public var isExact: Bool
    /// What moves cost.
    public var prices: MovePrices
    /// How long a GB takes, in seconds; moves are carried out one after the other. Simulations count it, plans do not.
    public var secondsPerGB: Double

    /// The most that ``moves`` may be.
    public static let largestMoves = 64
    /// The budget where none is given: ten times as much finds hardly more.
    public static let defaultBudget = 2000

    /// Creates limits.
    public init(
        moves: Int = 4,
        budget: Int = MoveLimits.defaultBudget,
        isExact: Bool = false,
        prices: MovePrices = MovePrices(),
        secondsPerGB: Double = 0
    ) {
        (self.moves, self.budget, self.isExact) = (moves, budget, isExact)
        (self.prices, self.secondsPerGB) = (prices, secondsPerGB)
    }

    /// Refuses limits outside their ranges.
    package func check() throws(SchedulingError) {
        func check(_ value: Double, in range: ClosedRange<Double>, _ name: String) throws(SchedulingError) {
            guard range.contains(value) else {
                throw SchedulingError(
                    .invalidArgument,
                    "\(name) is \(value); it must be in \(range.lowerBound) ... \(range.upperBound)"
                )
            }
        }
        guard (0...Self.largestMoves).contains(moves) else {
            throw SchedulingError(.invalidArgument, "moves is \(moves); it must be in 0 ... \(Self.largestMoves)")
        }
        guard budget >= 0 else { throw SchedulingError(.invalidArgument, "budget is \(budget); it must be at least 0") }
        try check(prices.move, in: 0...1e6, "the price of a move")
        try check(prices.local, in: 0...1, "the price of a local GB")
        try check(secondsPerGB, in: 0...1e6, "seconds per GB")
    }
}

/// What a move costs, in GB that go from server to server.
public struct MovePrices: Hashable, Sendable {
    /// What each move costs, be it large or small; see ``defaultMove``.
    public var move: Double
    /// What a GB costs that goes from node to node of a server, 0 ... 1.
    public var local: Double

    /// With 2 GB a move, plans have a quarter fewer moves than with none, and hardly more GB.
    public static let defaultMove = 2.0

    /// Creates prices.
    public init(move: Double = MovePrices.defaultMove, local: Double = 0.1) { (self.move, self.local) = (move, local) }

    /// The price of moving so many GB.
    @inline(__always)
    func price(_ mem: Double, isLocal: Bool) -> Double { move + mem * (isLocal ? local : 1) }
}
