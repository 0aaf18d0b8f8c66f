import ArgumentParser
import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneStorage

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Replay episodes of a trace under one or more policies and compare their waits or refusals.",
        discussion: """
            Every episode starts with an empty cluster. VMs are placed strictly in order of arrival; one that fits \
            nowhere waits, and all behind it wait too. The table shows, for each policy, the total wait of an episode \
            in seconds: the mean without the lowest and highest tenth of episodes (trimmed), the mean and the median. \
            'above bound' is the trimmed mean minus that of a lower bound that no policy can beat.

            With --no-queue nothing waits: every VM comes at its time, and one that fits nowhere is refused and gone. \
            The table then shows what share of the VMs and of their cores is refused, and how well the fleet is used; \
            docs/experiments.md defines these metrics.
            """
    )

    @OptionGroup var episodes: EpisodeOptions
    @OptionGroup var cluster: ClusterOptions

    @Flag(help: "Refuse VMs that fit nowhere instead of letting them wait. Needs --length with a number.")
    var noQueue = false

    @OptionGroup var metrics: FleetMetricOptions

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp(
            "\(Heuristic.names.joined(separator: ", ")), or a weights file. May be repeated.",
            valueName: "policy"
        )
    )
    var policies: [PolicyArgument]

    @Option(
        help: ArgumentHelp(
            "Write one row per episode: start, length, bound, then one column per policy; with --no-queue one row per "
                + "episode and policy. '-' prints only that.",
            valueName: "file.csv"
        )
    )
    var output: String?

    @Flag(help: "Print the result as JSON instead of a table.")
    var json = false

    func validate() throws {
        if json, output == "-" {
            throw ValidationError("--json and --output - both go to standard output; --output must name a file here.")
        }
        if noQueue, episodes.length == .automatic {
            throw ValidationError(
                "--no-queue needs --length with a number of VMs: an automatic length ends soon after the first VM that fits "
                    + "nowhere."
            )
        }
    }

    func run() throws {
        let fleet = try cluster.makeFleet()
        let sources = try policies.map { try $0.source() }
        let (trace, description) = try loadTrace(episodes.trace)
        // What can be refused is refused before the work begins.
        for (policy, source) in zip(policies, sources) {
            do {
                _ = try source.makePolicy(for: fleet)
            } catch {
                throw NetworkError("\(policy.name): \(error)")
            }
        }
        for (policy, source) in zip(policies, sources) { source.noteMismatch(of: policy.name, with: fleet) }
        let sampling = try metrics.sampling(on: fleet, hasQueue: !noQueue)
        if noQueue { return try refuse(sources, trace, description, fleet, sampling) }
        let plan = try episodes.plan(trace, fleet, of: cluster.file)
        let evaluations = try evaluate(sources, total: plan.episodes.count) { source, show in
            try Evaluation(
                of: source,
                on: plan,
                sampling: sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        let report = EvaluationReport(
            policies: policies.map(\.name),
            plan: plan,
            evaluations: evaluations,
            sampling: sampling,
            trace: description,
            fleet: fleet
        )
        try write(csv: report.csv, json: report.json, table: report.table)
    }

    /// Plays episodes in which nothing waits.
    private func refuse(
        _ sources: [PolicySource],
        _ trace: Trace,
        _ description: TraceDescription,
        _ fleet: Fleet,
        _ sampling: FleetSampling
    ) throws {
        guard case .length(let length) = episodes.length else { preconditionFailure("validated above") }
        let plan = try EpisodePlan.withoutQueue(
            episodes.scenario(trace, on: fleet, of: cluster.file),
            starts: episodes.startIndices(),
            length: length
        )
        let evaluations = try evaluate(sources, total: plan.episodes.count) { source, show in
            try LossEvaluation(
                of: source,
                on: plan,
                sampling: sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        let report = LossReport(
            policies: policies.map(\.name),
            plan: plan,
            evaluations: evaluations,
            sampling: sampling,
            trace: description,
            fleet: fleet
        )
        try write(csv: report.csv, json: report.json, table: report.table)
    }

    private func evaluate<Result>(
        _ sources: [PolicySource],
        total: Int,
        _ play: (PolicySource, @escaping @Sendable (Int) -> Void) throws -> Result
    ) throws -> [Result] {
        try zip(policies, sources).map { policy, source in
            let bar = ProgressBar(policy.name, total: total)
            defer { bar.clear() }
            return try play(source) { bar.show($0) }
        }
    }

    private func write(csv: @autoclosure () -> String, json text: () throws -> String, table: @autoclosure () -> String)
        throws
    {
        if output == "-" { return StandardOutput.write(csv()) }
        // Printed first: a file that cannot be written shall not cost the result.
        if json { StandardOutput.write(try text() + "\n") } else { StandardOutput.print(table()) }
        if let output { try TextFile.write(csv(), to: output) }
    }
}
