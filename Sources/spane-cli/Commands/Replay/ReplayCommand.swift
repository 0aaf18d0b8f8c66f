import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play the log of a cluster with other policies, more moves or fewer servers.",
        discussion: """
            A scheduler that has called spane_cluster_start_log leaves a log of everything that it asked and did. The table \
            shows what came of it, and what would have come of it with each policy: the VMs and cores that never get a \
            place, the VMs that wait and for how long on average, the live migrations, and how many VMs go where they went. \
            A VM ends when it ended in the log, or as much later as it starts later.
            """
    )

    @Argument(help: ArgumentHelp("Log of a cluster.", valueName: "log"))
    var log: String

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp(
            "\(Heuristic.names.joined(separator: ", ")), or a weights file. May be repeated.",
            valueName: "policy"
        )
    )
    var policies: [PolicyArgument] = []

    @OptionGroup var mixOptions: MixOptions

    @OptionGroup var moveOptions: MoveOptions

    @Option(
        help:
            "Place VMs on so many of the servers that the log begins with, those with the lowest numbers. [default: all]"
    )
    var servers: Int?

    @Flag(
        help:
            "Let VMs that fit nowhere wait in the order in which they asked, and all behind them too, instead of refusing them."
    )
    var queue = false

    @Flag(help: "Also find the fewest servers on which nothing is refused.")
    var serversNeeded = false

    @OptionGroup var threadOptions: ThreadOptions

    @Flag(help: "Print the result as JSON instead of a table.")
    var json = false

    func validate() throws {
        if let servers, servers < 1 { throw ValidationError("--servers is \(servers); it must be at least 1.") }
        if serversNeeded, policies.isEmpty { throw ValidationError("--servers-needed needs a --policy.") }
        if moveOptions.prices.moveSecondsPerGB != nil {
            throw ValidationError("--move-seconds-per-gb is given; moves of a replay take no time.")
        }
        if serversNeeded, queue {
            throw ValidationError(
                "--servers-needed and --queue are both given; servers are needed where nothing waits."
            )
        }
    }

    func run() throws {
        let mix = try mixOptions.load()
        let sources = try policies.map { try $0.singleSource(mix: mix?.flavors) }
        try mix.check(isUsedBy: sources)
        let reader = LogReader(log)
        let facts = try LogFacts(reader)
        if let servers, servers > facts.servers {
            throw ValidationError("--servers is \(servers); the log begins with \(facts.servers).")
        }
        let options = ReplayOptions(servers: servers, moves: moveOptions.limits, hasQueue: queue)
        let bar = ProgressBar("replay", total: sources.count)
        defer { bar.clear() }
        let replays = try Replay.all(
            reader,
            facts,
            by: sources,
            options,
            findsServers: serversNeeded,
            threads: threadOptions.count
        ) { bar.show($0) }
        let report = ReplayReport(
            log: log,
            rest: try reader.forEach { _, _ in }.rest,
            facts: facts,
            options: options,
            policies: policies.map(\.name),
            replays: replays,
            hasNeed: serversNeeded
        )
        bar.clear()
        StandardOutput.print(json ? try report.json() : report.table)
    }
}
