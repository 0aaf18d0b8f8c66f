import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneSettings

struct ExperimentServers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "servers",
        abstract: "How many servers each policy needs so that no VM waits or is refused.",
        discussion: """
            For each of many windows of the trace the command looks for the fewest servers on which a policy places every \
            VM when it arrives: from a lower bound that no policy can beat upwards, one server more at a time. With --fleet \
            servers are added in the proportions of that fleet.

            With --moves 0,1,2,4,8 every window is played with each number of live migrations, and a table for each policy says \
            how many servers fewer it needs for how many moves a day. Nothing waits, so moves take no time.

            The folder gets results.h5 and servers.csv (the servers for every window), and the same summaries as other \
            experiments. Run an interrupted command again to resume it. docs/experiments.md explains the metrics.
            """
    )

    @Option(help: ArgumentHelp("Trace in HDF5 or CSV; - for standard input.", valueName: "file"))
    var trace: String

    @Option(help: "Number of windows, which are spread evenly over the trace.")
    var windows = 24

    @Option(help: ArgumentHelp("VMs in a window.", valueName: "n"))
    var windowLength = 10_000

    @OptionGroup var server: GrowingClusterOptions
    @OptionGroup var moves: SeveralMovesOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var intervals: IntervalOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let fleet = try server.makeFleet()
        let (trace, description) = try loadTrace(trace)
        _ = try TraceOnServers.scenario(trace, self.trace, on: fleet, of: server.file)
        let (policies, mix) = try comparison.entrants(beside: self.trace)
        let starts = try starts(in: trace)
        let experiment = try Experiment(
            kind: .servers,
            trace: trace,
            description: description,
            starts: starts,
            shard: comparison.shardOptions.shard(of: starts.count, "windows"),
            until: .length(windowLength),
            clusters: [fleet],
            policies: policies,
            mix: mix,
            moves: moves.limits
        )
        try comparison.run(
            experiment,
            traceFile: self.trace,
            starts: "\(windows) windows",
            intervals.settings,
            threads: threads.count
        )
    }

    private func starts(in trace: Trace) throws -> [Int] {
        do {
            return try Starts.windows(windows, length: windowLength, in: trace)
        } catch {
            throw ValidationError("--windows is \(windows), --window-length is \(windowLength): \(error).")
        }
    }
}

/// The options that describe servers of which as many are taken as are needed.
struct GrowingClusterOptions: ParsableArguments {
    @Option(
        name: .customLong("fleet"),
        help: ArgumentHelp(
            "Servers: a fleet in TOML, or a saved cluster in HDF5, whose VMs are ignored; their proportions count, not their "
                + "number. Replaces --node-cpu, --node-mem and --split-above.",
            valueName: "file"
        )
    )
    var file: String?

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard file != nil, !server.given.isEmpty else { return }
        throw ValidationError(
            "--fleet and \(server.given.joined(separator: ", ")) are both given; a fleet describes all servers."
        )
    }

    func makeFleet() throws -> Fleet {
        if let file { return try FleetInput.load(file) }
        return try server.makeFleet(servers: 1)
    }
}
