internal import CSpaneHeader
internal import SpaneScheduling

extension MoveLimits {
    /// What options say about moves, checked; `nil` where nothing may be moved.
    ///
    /// - Parameter name: what messages call the options.
    static func checked(
        moves: Int32,
        budget: Int32,
        price: Double,
        secondsPerGB: Double,
        _ name: StaticString
    ) throws(Failure) -> MoveLimits? {
        guard moves >= 0, moves <= largestMoves else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)->moves is \(moves); it must be in 0 ... SPANE_MAX_MOVES (\(largestMoves))"
            )
        }
        // The others also where they are not used: it is a mistake of the caller then, too.
        guard budget >= 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name)->move_budget is \(budget); it must not be negative")
        }
        try check(price, name, "move_price")
        try check(secondsPerGB, name, "move_seconds_per_gb")
        guard moves > 0 else { return nil }
        return MoveLimits(
            moves: Int(moves),
            budget: Int(budget),
            prices: MovePrices(move: price),
            secondsPerGB: secondsPerGB
        )
    }

    private static func check(_ value: Double, _ name: StaticString, _ field: StaticString) throws(Failure) {
        guard (0...1e6).contains(value) else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name)->\(field) is \(value); it must be in 0 ... 1e6")
        }
    }
}
