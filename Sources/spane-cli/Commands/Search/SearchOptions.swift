import ArgumentParser
import SpaneRuns

/// What a search is and where its folder stands: the arguments of all commands that read one.
struct SearchOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Configuration and search space in TOML.", valueName: "space.toml"))
    var source: String

    @Option(help: ArgumentHelp("Search folder; created if missing.", valueName: "folder"))
    var output: String

    @Option(
        name: .customLong("trace"),
        help: ArgumentHelp(
            "Trace to train on; overrides those of the file, in their order. May be repeated.",
            valueName: "file"
        )
    )
    var traces: [String] = []

    @Option(help: "Number of trials; overrides that of the file, and may be raised later.")
    var trials: Int?

    @Option(help: "Random seed of the search; overrides that of the file.")
    var seed: Int?

    @Option(help: "Number of best trials whose weights are kept; overrides that of the file.")
    var keep: Int?

    func validate() throws {
        for (name, value) in [("trials", trials), ("keep", keep)] {
            guard let value else { continue }
            if value < 1 { throw ValidationError("--\(name) is \(value); it must be at least 1.") }
            let most = SearchSettings.mostTrials
            if value > most { throw ValidationError("--\(name) is \(value); it must be at most \(most).") }
        }
        if let seed, seed < 0 { throw ValidationError("--seed is \(seed); it must not be negative.") }
    }

    /// The search with what the options say in place of the file.
    func read() throws -> SearchConfiguration {
        var search = try SearchConfiguration.read(source, registry: .standard)
        if let trials { search.settings.trials = trials }
        if let seed { search.settings.seed = seed }
        if let keep { search.settings.keep = keep }
        try search.check()
        try search.changeTraces { try $0.take(traces: traces, file: source) }
        return search
    }

    /// The options as another command reads them; ``source`` is not among them.
    var arguments: [String] {
        let numbers = [("trials", trials), ("seed", seed), ("keep", keep)]
        return ["--output", output] + traces.flatMap { ["--trace", $0] }
            + numbers.flatMap { name, value in value.map { ["--\(name)", "\($0)"] } ?? [] }
    }
}
