internal import CSpaneHeader
internal import SpaneScheduling

extension spane_plan_options {
    static var defaults: spane_plan_options {
        var options = unsafe spane_plan_options()
        unsafe options.struct_size = UInt32(MemoryLayout<spane_plan_options>.size)
        let limits = MoveLimits()
        unsafe options.moves = Int32(limits.moves)
        unsafe options.budget = Int64(limits.budget)
        unsafe options.move_price = limits.prices.move
        unsafe options.local_price = limits.prices.local
        unsafe options.at_once = 1
        return unsafe options
    }
}

/// What an options argument says; `nil` for the defaults.
struct PlanSettings {
    let limits: MoveLimits
    var scope: MoveScope
    let atOnce: Int

    init(_ pointer: UnsafePointer<spane_plan_options>?) throws {
        var options = unsafe spane_plan_options.defaults
        if let pointer = unsafe pointer { unsafe options = try read(pointer, defaults: options, "options") }
        guard unsafe options.exact == 0 || options.exact == 1 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->exact is \(unsafe options.exact); it must be 0 or 1")
        }
        guard unsafe options.at_once >= 1 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->at_once is \(unsafe options.at_once); it must be at least 1"
            )
        }
        limits = unsafe MoveLimits(
            moves: Int(options.moves),
            budget: Int(options.budget),
            isExact: options.exact == 1,
            prices: MovePrices(move: options.move_price, local: options.local_price)
        )
        atOnce = unsafe Int(options.at_once)
        var scope = MoveScope()
        scope.pinned = try unsafe Set(elements(options.pinned, options.pinned_count, "options->pinned"))
        let priced = try unsafe elements(options.priced, options.priced_count, "options->priced")
        let prices = try unsafe elements(options.prices, options.priced_count, "options->prices")
        for index in 0..<priced.count { scope.prices[unsafe priced[index]] = unsafe prices[index] }
        scope.closed = try unsafe Set(elements(options.closed, options.closed_count, "options->closed").map { Int($0) })
        scope.fixed = try unsafe Set(elements(options.fixed, options.fixed_count, "options->fixed").map { Int($0) })
        self.scope = scope
    }
}

extension spane_move {
    init(_ move: Move, round: Int, request: Int) {
        self.init(
            vm: move.vm,
            source: spane_placement(move.source),
            target: spane_placement(move.target),
            mem: move.mem,
            price: move.price,
            request: Int32(truncatingIfNeeded: request),
            round: Int32(truncatingIfNeeded: round)
        )
    }

    /// The move on a cluster.
    func move(on cluster: borrowing Cluster) throws -> Move {
        Move(
            vm: vm,
            source: try source.placement(on: cluster),
            target: try target.placement(on: cluster),
            mem: mem,
            price: price
        )
    }
}
