import ArgumentParser
import SpaneScheduling

/// The options that allow live migrations.
struct MoveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where a VM fits nowhere, make room by at most so many live migrations, 0 ... \(MoveLimits.largestMoves).",
            valueName: "n"
        )
    )
    var moves = 0

    @OptionGroup var prices: MovePriceOptions

    func validate() throws {
        guard (0...MoveLimits.largestMoves).contains(moves) else {
            throw ValidationError("--moves is \(moves); it must be in 0 ... \(MoveLimits.largestMoves).")
        }
        try prices.check(isNeeded: moves > 0)
    }

    /// What the options say; `nil` when nothing is moved.
    var limits: MoveLimits? { moves == 0 ? nil : prices.limits(moves: moves) }
}

/// The options that say what moves cost.
struct MovePriceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long a GB takes that is moved, in seconds, 0 ... 1e6. It is counted where VMs wait. (default: 0)",
            valueName: "s"
        )
    )
    var moveSecondsPerGB: DecimalArgument?

    @Option(
        help: ArgumentHelp(
            """
            What every move costs beside its GB when plans are compared, in GB, 0 ... 1e6. (default: \
            \(MovePrices.defaultMove))
            """,
            valueName: "GB"
        )
    )
    var movePrice: DecimalArgument?

    @Option(
        help: ArgumentHelp(
            "Steps of the search for a plan, at least 0. (default: \(MoveLimits.defaultBudget))",
            valueName: "n"
        )
    )
    var moveBudget: Int?

    /// Limits with these prices.
    func limits(moves: Int) -> MoveLimits {
        MoveLimits(
            moves: moves,
            budget: moveBudget ?? MoveLimits.defaultBudget,
            prices: MovePrices(move: movePrice?.value ?? MovePrices.defaultMove),
            secondsPerGB: moveSecondsPerGB?.value ?? 0
        )
    }

    /// Refuses what is out of range, or of no use where nothing is moved.
    func check(isNeeded: Bool) throws {
        for (option, argument) in [("--move-seconds-per-gb", moveSecondsPerGB), ("--move-price", movePrice)] {
            guard let value = argument?.value, !(0...1e6).contains(value) else { continue }
            throw ValidationError("\(option) is \(value); it must be in 0 ... 1e6.")
        }
        if let moveBudget, moveBudget < 0 {
            throw ValidationError("--move-budget is \(moveBudget); it must be at least 0.")
        }
        guard !isNeeded else { return }
        let given = [
            ("--move-seconds-per-gb", moveSecondsPerGB != nil), ("--move-price", movePrice != nil),
            ("--move-budget", moveBudget != nil),
        ].filter { $0.1 }.map { $0.0 }
        guard given.isEmpty else {
            throw ValidationError("\(given.joined(separator: ", ")) without --moves: nothing is moved.")
        }
    }
}

/// The options that allow several numbers of live migrations, one after the other.
struct SeveralMovesOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where a VM fits nowhere, make room by at most so many live migrations, 0 ... \(MoveLimits.largestMoves); with several \
            numbers each is tried, and compared with the first.
            """,
            valueName: "n,n ..."
        )
    )
    var moves = MoveNumbersArgument([0])

    @OptionGroup var prices: MovePriceOptions

    func validate() throws {
        var seen: Set<Int> = []
        for number in moves.numbers {
            guard (0...MoveLimits.largestMoves).contains(number) else {
                throw ValidationError("--moves has \(number); it must be in 0 ... \(MoveLimits.largestMoves).")
            }
            guard seen.insert(number).inserted else {
                throw ValidationError("--moves has \(number) twice; each may be given once.")
            }
        }
        try prices.check(isNeeded: moves.numbers != [0])
    }

    /// What the options say, of each number.
    var limits: [MoveLimits] { moves.numbers.map { prices.limits(moves: $0) } }
}

/// Numbers of moves with commas between them.
struct MoveNumbersArgument: ExpressibleByArgument {
    let numbers: [Int]

    init(_ numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count else { return nil }
    }

    var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}
