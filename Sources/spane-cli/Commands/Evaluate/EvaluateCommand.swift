import ArgumentParser
import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneStorage

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Replay episodes of a trace under one or more policies and compare their waits.",
        discussion: """
            Every episode starts with an empty cluster. VMs are placed strictly in order of arrival; one that fits \
            nowhere waits, and all behind it wait too. The table shows, for each policy, the total wait of an episode \
            in seconds: the mean without the lowest and highest tenth of episodes (trimmed), the mean and the median. \
            'above bound' is the trimmed mean minus that of a lower bound that no policy can beat.
            """
    )

    @OptionGroup var episodes: EpisodeOptions
    @OptionGroup var cluster: ClusterOptions

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
            "Write one row per episode: start, length, bound, then one column per policy; '-' prints only that.",
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
        let plan = try episodes.plan(trace, fleet, of: cluster.file)
        var evaluations: [Evaluation] = []
        for (policy, source) in zip(policies, sources) {
            let bar = ProgressBar(policy.name, total: plan.episodes.count)
            defer { bar.clear() }
            evaluations.append(
                try Evaluation(
                    of: source,
                    on: plan,
                    threads: episodes.threadCount,
                    progress: { bar.show($0) }
                )
            )
        }
        let report = EvaluationReport(
            policies: policies.map(\.name),
            plan: plan,
            evaluations: evaluations,
            trace: description,
            fleet: fleet
        )
        if output == "-" { return StandardOutput.write(report.csv) }
        // Printed first: a file that cannot be written shall not cost the result.
        if json { StandardOutput.write(try report.json() + "\n") } else { StandardOutput.print(report.table) }
        if let output { try TextFile.write(report.csv, to: output) }
    }
}
