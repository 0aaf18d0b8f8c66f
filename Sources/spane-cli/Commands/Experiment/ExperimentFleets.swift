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
            Fleets are mixed and near their stationary load, servers fail and are drained, and what fits nowhere is refused and \
            gone; docs/fleets.md describes them. Every policy plays the same fleets. A network that does not serve such \
            servers is left out of the figures of that kind.
            """
    )

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Kinds of fleets. [default: all]", valueName: "kind ...")
    )
    var kinds: [FleetKindArgument] = FleetKind.allCases.map { FleetKindArgument($0) }

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Numbers of servers.", valueName: "n ..."))
    var servers: [Int] = [60]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Offered loads, as shares of the resource that runs out first.", valueName: "load ...")
    )
    var loads: [Double] = [0.85, 0.93]

    @Option(help: ArgumentHelp("For how long VMs arrive.", valueName: "days"))
    var days = 14.0

    @Option(help: ArgumentHelp("Fleets of each kind, size and load.", valueName: "n"))
    var seeds = 5

    @Option(help: ArgumentHelp("Seed of the first fleet; the others follow it.", valueName: "seed"))
    var seed: UInt64 = 1

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "\(Heuristic.names.joined(separator: ", ")), and weights files. The others are compared with the first.",
            valueName: "policy ..."
        )
    )
    var policies: [EntrantArgument]

    @Option(help: ArgumentHelp("Write one row per fleet and policy.", valueName: "file.csv"))
    var output: String?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        for count in servers where count < 1 || count > 100_000 {
            throw ValidationError("--servers is \(count); it must be in 1 ... 100000.")
        }
        for load in loads where !(load > 0 && load <= FleetWorkload.mostLoad) {
            throw ValidationError("--loads is \(load); it must be above 0 and at most \(FleetWorkload.mostLoad).")
        }
        guard days > 0, days <= FleetWorkload.mostDays else {
            throw ValidationError("--days is \(days); it must be above 0 and at most \(FleetWorkload.mostDays).")
        }
        guard seeds >= 1, seeds <= 10_000 else {
            throw ValidationError("--seeds is \(seeds); it must be in 1 ... 10000.")
        }
    }

    func run() throws {
        let cells = kinds.flatMap { kind in
            servers.flatMap { servers in loads.map { FleetBenchmark.Cell(kind.kind, servers: servers, load: $0) } }
        }
        let benchmark = FleetBenchmark(
            try policies.flatMap { try $0.policies() },
            on: cells,
            seeds: (0..<UInt64(seeds)).map { seed &+ $0 },
            days: days
        )
        let bar = ProgressBar("fleets", total: benchmark.trialCount)
        let trials: [FleetBenchmark.Trial]
        do {
            defer { bar.clear() }
            trials = try benchmark.run(threads: threads.count, progress: { bar.show($0) })
        }
        let report = FleetBenchmarkReport(benchmark: benchmark, trials: trials)
        StandardOutput.print(try report.text)
        if let output { try TextFile.write(report.csv, to: output) }
    }
}

/// A kind of fleet as it is named on the command line.
struct FleetKindArgument: ExpressibleByArgument {
    let kind: FleetKind

    static var allValueStrings: [String] { FleetKind.allCases.map(\.rawValue) }

    var defaultValueDescription: String { kind.rawValue }

    init(_ kind: FleetKind) { self.kind = kind }

    init?(argument: String) {
        guard let kind = FleetKind(rawValue: argument) else { return nil }
        self.kind = kind
    }
}
