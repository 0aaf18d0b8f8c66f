import ArgumentParser
import FoundationEssentials
import SpaneScheduling
import SpaneSettings
import SpaneStorage

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan live migrations that let VMs in or empty servers.",
        discussion: """
            The cluster is one that was saved with its VMs. Its file is not changed: the plan goes to your hypervisor. Moves \
            stand in an order in which each has room for its VM while its source still holds it; moves of one round may run \
            at once. The exit status is 2 where a VM stays out or stays on a server that is to be empty.
            """
    )

    @Argument(help: ArgumentHelp("The saved cluster (HDF5).", valueName: "cluster.h5"))
    var cluster: String

    @Option(
        help: ArgumentHelp(
            "A VM that fits nowhere: cores, GB, and over how many NUMA nodes it is spread. Can be given several times, the first "
                + "to be served first.",
            valueName: "32c,128GB,2"
        )
    )
    var makeRoom: [RequestArgument] = []

    @Option(help: ArgumentHelp("A server to empty.", valueName: "server"))
    var drain: Int?

    @Option(help: ArgumentHelp("Empty as many servers as possible with so many moves.", valueName: "moves"))
    var consolidate: Int?

    @Option(help: ArgumentHelp("A server whose NUMA nodes are to be evened out.", valueName: "server"))
    var repair: Int?

    @OptionGroup var options: PlanOptions

    @Option(
        help: ArgumentHelp(
            "Also write the plan to a file: CSV, or JSON where its name ends with .json.",
            valueName: "file"
        )
    )
    var output: String?

    @Flag(help: "Print the plan as JSON instead of a table.")
    var json = false

    func validate() throws {
        let given = [!makeRoom.isEmpty, drain != nil, consolidate != nil, repair != nil].count { $0 }
        guard given == 1 else {
            throw ValidationError("Give one of --make-room, --drain, --consolidate and --repair.")
        }
        if let output, Self.path(output) == Self.path(cluster) {
            throw ValidationError("--output is '\(output)', the cluster itself; it must name another file.")
        }
        guard options.atOnce >= 1 else {
            throw ValidationError("--at-once is \(options.atOnce); it must be at least 1.")
        }
    }

    private static func path(_ file: String) -> String { URL(filePath: file).resolvingSymlinksInPath().path }

    func run() throws {
        let cluster = try FleetInput.cluster(cluster, progress: .none)
        let planner = try MovePlanner(for: cluster, options.limits)
        let report = try plan(planner, cluster)
        if let output {
            try TextFile.write(output.lowercased().hasSuffix(".json") ? report.json() + "\n" : report.csv, to: output)
        }
        StandardOutput.print(json ? try report.json() : report.table)
        guard report.isWhole else {
            try StandardOutput.check()
            throw Self.incomplete
        }
    }

    /// The exit status of a plan that does not do all that was asked for.
    private static let incomplete = ExitCode(2)

    private func plan(_ planner: MovePlanner, _ cluster: borrowing Cluster) throws -> PlanReport {
        let scope = options.scope
        func report(
            _ moves: [Move],
            _ requests: [Int] = [],
            _ placements: [Placement?] = [],
            _ text: String,
            rounds: [Int]? = nil,
            stuck: [UInt64] = []
        )
            throws -> PlanReport
        {
            PlanReport(
                moves: moves,
                rounds: try rounds ?? planner.rounds(of: moves, on: cluster, perServer: options.atOnce),
                requests: requests,
                placements: placements,
                stuck: stuck,
                text: text
            )
        }
        if let drain {
            let plan = try planner.drain(drain, on: cluster, scope)
            return try report(plan.moves, [], [], plan.textOfDrain(drain), stuck: plan.stuck)
        }
        if let consolidate {
            let plan = try planner.consolidate(most: consolidate, on: cluster, scope)
            return try report(plan.moves, [], [], plan.textOfConsolidation)
        }
        if let repair {
            let plan = try planner.repair(repair, on: cluster, scope)
            return try report(plan.moves, [], [], plan.textOfRepair(repair))
        }
        let requests = try makeRoom.map { vm throws(SchedulingError) in
            try cluster.request(cpu: vm.cpu, mem: vm.mem, span: vm.span)
        }
        guard requests.count > 1 else {
            let found = try planner.explainRoom(for: requests[0], on: cluster, scope)
            let moves = found.result.plan?.moves ?? []
            return try report(moves, moves.map { _ in 0 }, [found.result.plan?.placement], "\(found)")
        }
        let plans = try planner.makeRoom(for: requests, on: cluster, scope)
        let moves = try planner.flatten(plans, for: requests, on: cluster, perServer: options.atOnce)
        let found = plans.count { $0 != nil }
        return try report(
            moves.map(\.move),
            moves.map(\.request),
            plans.map { $0?.placement },
            MovePlan.text(moves: moves.count, found: found, of: plans.count),
            rounds: moves.map(\.round)
        )
    }
}
