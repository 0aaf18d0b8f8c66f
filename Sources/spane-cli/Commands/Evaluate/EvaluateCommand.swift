import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
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
            "\(Heuristic.names.joined(separator: ", ")), a weights file, or \(OwnPolicy.usage). May be repeated.",
            valueName: "policy"
        )
    )
    var policies: [PolicyArgument]

    @OptionGroup var mixOptions: MixOptions

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
        let mix = try mixOptions.load(beside: episodes.trace)
        let sources = try policies.map { try $0.source(mix: mix?.flavors) }
        try mix.check(isUsedBy: sources)
        let (trace, description) = try loadTrace(episodes.trace)
        // What can be refused is refused before the work begins.
        for (policy, source) in zip(policies, sources) {
            do {
                try source.check(plays: fleet)
            } catch {
                throw NetworkError("\(policy.name): \(error)")
            }
        }
        if let output, output != "-" { try File.check(canWriteTo: output) }
        for (policy, source) in zip(policies, sources) { source.noteMismatch(of: policy.name, with: fleet) }
        let subject = ReportSubject(
            policies: policies.map(\.name),
            sampling: try metrics.sampling(on: fleet, hasQueue: !noQueue),
            trace: description,
            fleet: fleet,
            mix: mix
        )
        try write(noQueue ? refuse(sources, trace, subject) : wait(sources, trace, subject))
    }

    /// Plays episodes in which VMs wait.
    private func wait(_ sources: [PolicySource], _ trace: Trace, _ subject: ReportSubject) throws -> any EpisodeReport {
        let plan = try episodes.plan(trace, subject.fleet, of: cluster.file)
        let evaluations = try evaluate(sources, plan) { source, show in
            try Evaluation(
                of: source,
                on: plan,
                sampling: subject.sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        return EvaluationReport(subject: subject, plan: plan, evaluations: evaluations)
    }

    /// Plays episodes in which nothing waits.
    private func refuse(_ sources: [PolicySource], _ trace: Trace, _ subject: ReportSubject) throws -> any EpisodeReport
    {
        guard case .length(let length) = episodes.length else { preconditionFailure("validated above") }
        let plan = try EpisodePlan.withoutQueue(
            episodes.scenario(trace, on: subject.fleet, of: cluster.file),
            starts: episodes.startIndices(),
            length: length
        )
        let evaluations = try evaluate(sources, plan) { source, show in
            try LossEvaluation(
                of: source,
                on: plan,
                sampling: subject.sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        return LossReport(subject: subject, plan: plan, evaluations: evaluations)
    }

    private func evaluate<Result>(
        _ sources: [PolicySource],
        _ plan: EpisodePlan,
        _ play: (PolicySource, @escaping @Sendable (Int) -> Void) throws -> Result
    ) throws -> [Result] {
        try zip(policies, sources).map { policy, source in
            let bar = ProgressBar(policy.name, total: plan.episodes.count)
            defer { bar.clear() }
            return try play(source) { bar.show($0) }
        }
    }

    private func write(_ report: any EpisodeReport) throws {
        if output == "-" { return StandardOutput.write(report.csv) }
        // Printed first: a file that cannot be written shall not cost the result.
        if json { StandardOutput.write(try report.json() + "\n") } else { StandardOutput.print(report.table) }
        if let output { try TextFile.write(report.csv, to: output) }
    }
}
