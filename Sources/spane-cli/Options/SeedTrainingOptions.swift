import ArgumentParser
import SpaneRuns

/// The options with which an experiment trains networks of several seeds.
struct SeedTrainingOptions: ParsableArguments {
    @Option(
        name: .customLong("train"),
        help: ArgumentHelp(
            "Train the networks of a group: seeds 1, 2, 3 ... of a configuration of spane train, one more at a time, until the "
                + "interval of their mean is no wider than --seed-width. May be repeated.",
            valueName: "name=config.toml"
        )
    )
    var groups: [TrainedGroupArgument] = []

    @Option(
        name: .customLong("train-trace"),
        help: ArgumentHelp(
            "Trace to train on; overrides those of the configurations, in their order. May be repeated.",
            valueName: "file"
        )
    )
    var traces: [String] = []

    @Option(help: "Seeds that --train begins with. (default: \(defaultLeast))")
    var leastSeeds: Int?

    @Option(help: "Seeds at which --train ends in any case. (default: \(defaultMost))")
    var mostSeeds: Int?

    private static let defaultLeast = 3
    private static let defaultMost = 10

    /// The numbers of seeds from the first to the last.
    var counts: ClosedRange<Int> {
        let least = leastSeeds ?? Self.defaultLeast
        return least...max(least, mostSeeds ?? Self.defaultMost)
    }

    func validate() throws {
        if let leastSeeds, leastSeeds < 2 {
            throw ValidationError("--least-seeds is \(leastSeeds); it must be at least 2, as one seed has no interval.")
        }
        let least = leastSeeds ?? Self.defaultLeast
        if let mostSeeds, mostSeeds < least {
            throw ValidationError("--most-seeds is \(mostSeeds); it must be at least --least-seeds, which is \(least).")
        }
        var names: Set<String> = []
        for group in groups where !names.insert(group.name).inserted {
            throw ValidationError("--train names \(group.name) twice; names must differ.")
        }
        guard groups.isEmpty else { return }
        let given = [
            ("--train-trace", !traces.isEmpty), ("--least-seeds", leastSeeds != nil),
            ("--most-seeds", mostSeeds != nil),
        ].filter(\.1).map(\.0)
        guard given.isEmpty else {
            throw ValidationError("\(given.joined(separator: ", ")) without --train: nothing is trained.")
        }
    }

    /// Refuses options that do not go together with others.
    func check(seedWidth: Double?, isShard: Bool) throws {
        guard !groups.isEmpty else { return }
        guard seedWidth != nil else {
            throw ValidationError("--train needs --seed-width, the width at which enough seeds are trained.")
        }
        guard !isShard else {
            throw ValidationError(
                "--train and --shard: how many seeds are enough depends on all episodes. Train first; shards can then play the "
                    + "networks."
            )
        }
    }
}

/// A group of networks to be trained, as `NAME=CONFIG.toml`.
struct TrainedGroupArgument: ExpressibleByArgument {
    let name: String
    /// The configuration.
    let file: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "=") else { return nil }
        name = String(argument[..<sign])
        file = String(argument[argument.index(after: sign)...])
        // The name is that of a folder too.
        guard !name.isEmpty, !file.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
    }
}
