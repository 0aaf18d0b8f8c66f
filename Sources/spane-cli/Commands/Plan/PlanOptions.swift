import ArgumentParser
import SpaneScheduling

/// How plans of moves are looked for.
struct PlanOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most moves that make room for one VM.", valueName: "k"))
    var moves = 4

    @Option(help: ArgumentHelp("Steps of the search after the greedy plan; 0 for that alone.", valueName: "steps"))
    var budget = MoveLimits.defaultBudget

    @Flag(help: "Spend what is left of the budget on a proof that no plan is cheaper, or that none exists.")
    var exact = false

    @Option(help: ArgumentHelp("What a move costs beside its GB.", valueName: "price"))
    var movePrice = DecimalArgument(MovePrices.defaultMove)

    @Option(help: ArgumentHelp("What a GB costs that goes from node to node of a server.", valueName: "price"))
    var localPrice = DecimalArgument(0.1)

    @Option(help: ArgumentHelp("Moves at once that a server takes part in.", valueName: "n"))
    var atOnce = 1

    @Option(help: ArgumentHelp("A VM that may not move. Can be given several times.", valueName: "id"))
    var pin: [UInt64] = []

    @Option(help: ArgumentHelp("A server that takes no VM. Can be given several times.", valueName: "server"))
    var close: [Int] = []

    @Option(help: ArgumentHelp("A server that no VM leaves. Can be given several times.", valueName: "server"))
    var fix: [Int] = []

    var limits: MoveLimits {
        MoveLimits(
            moves: moves,
            budget: budget,
            isExact: exact,
            prices: MovePrices(move: movePrice.value, local: localPrice.value)
        )
    }

    var scope: MoveScope {
        var scope = MoveScope()
        (scope.pinned, scope.closed, scope.fixed) = (Set(pin), Set(close), Set(fix))
        return scope
    }
}
