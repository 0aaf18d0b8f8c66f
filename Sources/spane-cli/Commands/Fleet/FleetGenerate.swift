import ArgumentParser
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

struct FleetGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Generate the servers and the VMs of a simulated fleet.",
        discussion: """
            The folder gets fleet.h5, the servers, and trace.h5, the VMs, which other commands take as --fleet and --trace. \
            They are those of 'spane experiment fleets', without the times in which servers fail and are drained. \
            docs/fleets.md describes them.
            """
    )

    @Argument(help: ArgumentHelp("The kind of fleet.", valueName: "kind"))
    var kind: FleetKindArgument

    @Option(help: ArgumentHelp("Number of servers.", valueName: "n"))
    var servers = 60

    @Option(
        help: ArgumentHelp(
            "Offered load, as a share of what the servers have of the resource that runs out first.",
            valueName: "load"
        )
    )
    var load = 0.93

    @Option(help: ArgumentHelp("Days for which VMs arrive.", valueName: "days"))
    var days = 14.0

    @Option(help: "Random seed; the same seed gives the same fleet.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
    var output: String

    func validate() throws {
        try FleetWorkloadArguments.check(servers: servers)
        try FleetWorkloadArguments.check(load: load, "--load")
        try FleetWorkloadArguments.check(days: days)
    }

    func run() throws {
        let workload = FleetWorkload(kind.kind, servers: servers, load: load, days: days, seed: seed)
        try workload.checkMemory()
        try File.makeFolder(output)
        let (fleetFile, traceFile) = ("\(output)/fleet.h5", "\(output)/trace.h5")
        for file in [fleetFile, traceFile] { try File.check(canWriteTo: file) }
        let (fleet, trace) = (try workload.makeFleet(), try workload.makeTrace())
        try ClusterFile.write(Cluster(fleet), to: fleetFile)
        let description = TraceDescription(
            source: "spane fleet generate \(kind.kind.rawValue) --servers \(servers) --load \(CSVText.number(load)) "
                + "--days \(CSVText.number(days)) --seed \(seed)",
            licence: "MIT"
        )
        try TraceFile.write(trace, description, to: traceFile)
        // An episode ends before the last two VMs of its trace.
        StandardOutput.print(
            """
            \(fleetFile): \(fleet.serversInWords)
            \(traceFile): \(NumberText.grouped(trace.count)) VMs of \(trace.flavors.count) sizes

            To play all of it, without failures and drains:
            spane evaluate --no-queue --fleet \(ShellText.word(fleetFile)) --trace \(ShellText.word(traceFile)) \\
                --starts '0..<1:1:1' --length \(trace.count - 2) --policy best-fit
            """
        )
    }
}
