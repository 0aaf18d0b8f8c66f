import ArgumentParser
import SpaneExperiments
import SpaneScheduling

struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract:
            "Compare policies on the same episodes with confidence intervals; an interrupted experiment resumes.",
        subcommands: [
            ExperimentWaitTime.self, ExperimentFlexibility.self, ExperimentServers.self, ExperimentFleets.self,
        ]
    )

    static let discussion = """
        The folder gets results.h5 (every wait), waits-N.csv (the same for N servers), summary.csv, summary.json and \
        summary.md (all metrics and intervals), and experiment.json (what was compared, with hashes). Run an interrupted \
        command again to resume it; other summary options only recompute the summary. A folder of another experiment is \
        refused. docs/experiments.md explains the metrics; 'spane report FOLDER' plots them.
        """
}

struct ExperimentWaitTime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait-time",
        abstract: "How long VMs wait under each policy.",
        discussion: ExperimentCommand.discussion
    )

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var options: ExperimentOptions

    func run() throws { try options.run(.waitTime, on: [cluster.makeFleet()], of: cluster.file) }
}

struct ExperimentFlexibility: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flexibility",
        abstract: "How long VMs wait under the same policies on other cluster sizes.",
        discussion: ExperimentCommand.discussion
    )

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Cluster sizes in servers.", valueName: "n ..."))
    var servers: [Int]

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: ExperimentOptions

    func run() throws {
        try options.run(.flexibility, on: servers.map { try server.makeFleet(servers: $0) })
    }
}
