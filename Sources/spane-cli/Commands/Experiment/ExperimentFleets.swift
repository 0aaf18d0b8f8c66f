import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

struct ExperimentFleets: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleets",
        abstract: "How many of the cores asked for each policy refuses on simulated fleets.",
        discussion: """
            A simulated fleet has servers of several generations, near their stationary load, which fail and are drained. A \
            VM that fits nowhere is refused and gone. Every policy plays the same fleets; where a network does not serve such \
            servers, a dash stands for it. docs/fleets.md describes the fleets and the tables.
            """
    )

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Kinds of fleets.", valueName: "kind ...")
    )
    var kinds: [FleetKindArgument] = FleetKind.allCases.map { FleetKindArgument($0) }

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Numbers of servers.", valueName: "n ..."))
    var servers: [Int] = [60]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Offered loads, as shares of what the servers have of the resource that runs out first.",
            valueName: "load ..."
        )
    )
    var loads: [Double] = [0.85, 0.93]

    @Option(help: ArgumentHelp("Days for which VMs arrive.", valueName: "days"))
    var days = 14.0

    @Option(help: ArgumentHelp("Fleets of each kind, number of servers and load.", valueName: "n"))
    var seeds = 5

    @Option(help: ArgumentHelp("Seed of the first fleet; the others follow it.", valueName: "seed"))
    var seed: UInt64 = 1

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "\(EntrantArgument.usage) The first is what the others are compared with.",
            valueName: "policy ..."
        )
    )
    var policies: [EntrantArgument]

    @Option(
        help: ArgumentHelp(
            "Write one row per fleet and policy. '-' prints only that. With --shard: where the part goes.",
            valueName: "file.csv"
        )
    )
    var output: String?

    @OptionGroup var shardOptions: ShardOptions
    @OptionGroup var mixOptions: MixOptions
    @OptionGroup var moves: MoveOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        for count in servers { try FleetWorkloadArguments.check(servers: count) }
        for load in loads { try FleetWorkloadArguments.check(load: load, "--loads") }
        try FleetWorkloadArguments.check(days: days)
        try refuseTwice(kinds.map(\.kind.rawValue), "--kinds")
        try refuseTwice(servers, "--servers")
        try refuseTwice(loads, "--loads")
        try shardOptions.check(output: output)
        guard seeds >= 1, seeds <= 10_000 else {
            throw ValidationError("--seeds is \(seeds); it must be in 1 ... 10000.")
        }
    }

    /// What is given twice would only be played twice, and count twice.
    private func refuseTwice<Value: Hashable>(_ values: [Value], _ option: String) throws {
        var seen: Set<Value> = []
        for value in values where !seen.insert(value).inserted {
            throw ValidationError("\(option) has \(value) twice; each may be given once.")
        }
    }

    func run() throws {
        let mix = try mixOptions.load()
        let entrants = try policies.flatMap { try $0.policies(mix: mix?.flavors) }
        try mix.check(isUsedBy: entrants.map(\.source))
        try refuseTwice(entrants.map(\.name), "--policies")
        let cells = kinds.flatMap { kind in
            servers.flatMap { servers in loads.map { FleetBenchmark.Cell(kind.kind, servers: servers, load: $0) } }
        }
        let benchmark = try FleetBenchmark(
            entrants,
            on: cells,
            seeds: (0..<UInt64(seeds)).map { seed &+ $0 },
            days: days,
            moves: moves.limits,
            shard: shardOptions.shard(of: cells.count * seeds, "fleets")
        )
        if let output, output != "-" { try File.check(canWriteTo: output) }
        let played = (benchmark.shard ?? .whole).size(of: benchmark.trialCount)
        let bar = ProgressBar("fleets", total: played)
        let trials: [FleetBenchmark.Trial]
        do {
            defer { bar.clear() }
            trials = try benchmark.run(threads: threads.count, progress: { bar.show($0) })
        }
        guard let shard = benchmark.shard, let output else {
            return try FleetBenchmarkReport(results: benchmark.results(trials)).write(to: output)
        }
        try FleetPart.write(trials, of: benchmark, mix: mix, version: Spane.version, to: output)
        StandardOutput.print(ShardOptions.note(output, shard, played, of: benchmark.trialCount, "fleets"))
    }
}
