import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneRuns
import SpaneScheduling
import SpaneStorage

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract:
            "Tune the weights of a rule for a trace, servers and an objective, and compare it with the known rules.",
        discussion: """
            What is learned is the name of a rule, such as 'capacity-lost,6.5*most-allocated,-0.4*balanced+spread', which \
            every command and binding takes. It is tuned on --starts and compared on --validation with the rule that is best \
            on --starts; the last line says which of the two to use.
            """
    )

    @Option(help: ArgumentHelp("Trace in HDF5 or CSV; - for standard input.", valueName: "file"))
    var trace: String

    @OptionGroup var cluster: ClusterOptions

    @Option(
        help: ArgumentHelp(
            "wait: mean logarithm of an episode's total wait; servers: the fewest on which nothing waits, whatever --servers; "
                + "refused-cores: of those asked for, where what fits nowhere is gone.",
            valueName: "wait | servers | refused-cores"
        )
    )
    var objective: ObjectiveArgument

    @Option(help: ArgumentHelp("First VM of each episode to tune on.", valueName: "file | lo..<hi:count:seed"))
    var starts: String

    @Option(help: ArgumentHelp("First VM of each episode to compare on.", valueName: "file | lo..<hi:count:seed"))
    var validation: String

    @Option(
        help: ArgumentHelp(
            "VMs of an episode. [default: 3000; for waits as many as First Fit places until one first fits nowhere, plus 40]",
            valueName: "n"
        )
    )
    var length: Int?

    @Option(help: ArgumentHelp("How often a population of rules is played.", valueName: "n"))
    var generations = RuleTuning.Settings().generations

    @Option(help: ArgumentHelp("Rules of a generation; even, at least 4.", valueName: "n"))
    var population = RuleTuning.Settings().population

    @Option(help: ArgumentHelp("Random seed of the search.", valueName: "seed"))
    var seed = RuleTuning.Settings().seed

    @OptionGroup var mix: MixOptions

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if let length, length < 1 { throw ValidationError("--length is \(length); it must be at least 1.") }
        guard generations >= 1, generations <= 100_000 else {
            throw ValidationError("--generations is \(generations); it must be in 1 ... 100000.")
        }
        guard population >= 4, population <= 10_000, population.isMultiple(of: 2) else {
            throw ValidationError("--population is \(population); it must be even and in 4 ... 10000.")
        }
    }

    func run() throws {
        let fleet = try cluster.makeFleet()
        let (trace, _) = try loadTrace(trace)
        let scenario = try TraceOnServers.scenario(trace, self.trace, on: fleet, of: cluster.file)
        func task(_ starts: String, _ option: String) throws -> RuleTask {
            try RuleTask(
                objective.objective,
                scenario,
                starts: StartsArgument.indices(starts, option),
                length: length,
                threads: threads.count
            )
        }
        let (tuning, validation) = (try task(starts, "--starts"), try task(validation, "--validation"))
        var settings = RuleTuning.Settings()
        (settings.generations, settings.population, settings.seed) = (generations, population, seed)
        let mix = try mix.load(beside: self.trace)
        let bar = ProgressBar("generations", total: generations)
        let tuned: RuleTuning.Candidate
        do {
            defer { bar.clear() }
            tuned = try RuleTuning(tuning, settings, mix: mix?.flavors, threads: threads.count).run { done, _ in
                bar.show(done)
            }
        }
        StandardOutput.print(
            try TuningReport(tuned: tuned, mix: mix, tuning: tuning, validation: validation, threads: threads.count)
                .text
        )
    }
}

/// An objective as it is named on the command line.
struct ObjectiveArgument: ExpressibleByArgument {
    let objective: RuleObjective

    static var allValueStrings: [String] { RuleObjective.allCases.map(\.rawValue) }

    init?(argument: String) {
        guard let objective = RuleObjective(rawValue: argument) else { return nil }
        self.objective = objective
    }
}
