/// What the command line asks for.
struct Options {
    /// Fewer and shorter repetitions.
    var isQuick = false
    /// The trace to replay; without one, the shipped trace or a generated one.
    var trace: String?
    /// Where the figures go as JSON.
    var json: String?
    /// Only these groups; all when there are none.
    var only: [String] = []

    static let usage = """
        usage: benchmarks [--quick] [--trace FILE] [--json FILE] [--only GROUP]

        Measures libspane and a plain C++ implementation of the same in turn.

          --quick       fewer and shorter repetitions
          --trace FILE  the trace to replay (HDF5 or CSV) instead of data/synthetic.h5 or a generated one
          --json FILE   write the figures to FILE
          --only GROUP  measure only this group (steps, decisions, forward, episodes, fleets, plans, training,
                        threads or load);
                        may be repeated
        """

    /// Reads the arguments that follow the program's name.
    init(_ arguments: [String]) throws(BenchmarkError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--trace": trace = try Self.value(of: argument, &rest)
            case "--json": json = try Self.value(of: argument, &rest)
            case "--only": only.append(try Self.value(of: argument, &rest))
            default: throw BenchmarkError("\(argument) is unknown\n\n\(Self.usage)")
            }
        }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(BenchmarkError) -> String {
        guard let value = rest.popFirst() else { throw BenchmarkError("\(option) needs a value\n\n\(usage)") }
        return value
    }

    /// Measurements of each side.
    var repetitions: Int { isQuick ? 3 : 9 }

    /// `count`, or a part of it when the run shall be quick.
    func scaled(_ count: Int) -> Int { isQuick ? max(count / 5, 1) : count }

    /// Whether a group of figures is wanted.
    func wants(_ group: String) -> Bool { only.isEmpty || only.contains(group) }
}
