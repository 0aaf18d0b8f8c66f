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

    @OptionGroup var shardOptions: ShardOptions

    @Option(
        help: ArgumentHelp(
            "Write one row per episode: start, length, bound, then one column per policy; with --no-queue one row per "
                + "episode and policy. '-' prints only that. With --shard: where the part goes.",
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
        if shardOptions.text != nil {
            guard let output, output != "-" else {
                throw ValidationError("--shard needs --output with the file that the part goes to.")
            }
            guard !json else {
                throw ValidationError(
                    "--json and --shard: a part is no result; spane merge --json prints that of all parts."
                )
            }
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
        let starts = try episodes.startIndices()
        let shard = try shardOptions.shard(of: starts.count)
        let sampling = try metrics.sampling(on: fleet, hasQueue: !noQueue)
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
        let subject = EvaluationSubject(
            policies: policies.map(\.name),
            sampling: sampling,
            trace: description,
            fleet: fleet,
            mix: mix,
            moves: episodes.moves.limits
        )
        let scenario = try episodes.scenario(trace, on: fleet, of: cluster.file)
        let play = Play(
            sources: sources,
            scenario: scenario,
            starts: starts,
            shard: shard,
            sampling: sampling,
            subject: subject
        )
        let results = try noQueue ? refuse(play) : wait(play)
        guard let shard, let output else { return try results.write(json: json, to: output) }
        let manifest = EvaluationManifest(
            subject,
            traceFile: episodes.trace,
            starts: starts,
            given: episodes.starts,
            until: episodes.length,
            queue: !noQueue,
            fleet: fleet,
            mix: mix,
            policies: try zip(policies, sources).map { try $0.entrant($1) },
            shard: shard,
            version: Spane.version
        )
        try EvaluationPart.write(results, manifest, to: output)
        StandardOutput.print(ShardOptions.note(output, shard, results.episodes.count, of: starts.count, "episodes"))
    }

    /// What is to be played.
    private struct Play {
        let sources: [PolicySource]
        let scenario: Scenario
        let starts: [Int]
        let shard: Shard?
        let sampling: FleetSampling
        let subject: EvaluationSubject
    }

    /// Plays episodes in which VMs wait.
    private func wait(_ play: Play) throws -> EvaluationResults {
        let plan = try EpisodePlan(
            play.scenario,
            starts: play.starts,
            shard: play.shard ?? .whole,
            until: episodes.length,
            threads: episodes.threadCount
        )
        let evaluations = try evaluate(play.sources, plan) { source, show in
            try Evaluation(
                of: source,
                on: plan,
                sampling: play.sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        return EvaluationResults(play.subject, on: plan, .waits(evaluations))
    }

    /// Plays episodes in which nothing waits.
    private func refuse(_ play: Play) throws -> EvaluationResults {
        guard case .length(let length) = episodes.length else { preconditionFailure("validated above") }
        let plan = try EpisodePlan.withoutQueue(
            play.scenario,
            starts: play.starts,
            shard: play.shard ?? .whole,
            length: length
        )
        let evaluations = try evaluate(play.sources, plan) { source, show in
            try LossEvaluation(
                of: source,
                on: plan,
                sampling: play.sampling,
                threads: episodes.threadCount,
                progress: show
            )
        }
        return EvaluationResults(play.subject, on: plan, .losses(evaluations))
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
}

extension PolicyArgument {
    /// Who takes part, with what tells networks of the same name apart.
    fileprivate func entrant(_ source: PolicySource) throws -> Experiment.Policy {
        guard case .model = source else { return Experiment.Policy(name: name, source: source) }
        return Experiment.Policy(name: name, source: source, file: name, contentHash: try ContentHash.ofFile(name))
    }
}
