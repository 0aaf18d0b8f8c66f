import ArgumentParser
import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTraining

struct SearchUntrained: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untrained",
        abstract: "Sample untrained SPANE networks, evaluate each, and keep the best.",
        discussion: """
            This is the control that training has to beat. The networks have the paper's architecture; the weights of \
            each follow from the seed and its number.
            """
    )

    @OptionGroup var episodes: EpisodeOptions
    @OptionGroup var cluster: ClusterOptions

    @Option(help: "Number of networks to sample.")
    var trials = 1000

    @Option(help: "Random seed of the search.")
    var seed: UInt64 = 1

    @Option(help: "Number of networks to keep. [default: 3, or all if there are fewer trials]")
    var keep: Int?

    @Option(
        help: ArgumentHelp("Folder for the networks that are kept; untrained-1.h5 is the best.", valueName: "folder")
    )
    var output: String

    private var kept: Int { keep ?? min(3, trials) }

    func validate() throws {
        guard trials >= 1 else { throw ValidationError("--trials is \(trials); it must be at least 1.") }
        guard kept >= 1, kept <= trials else {
            throw ValidationError("--keep is \(kept); it must be in 1 ... \(trials), the number of trials.")
        }
    }

    func run() throws {
        let fleet = try cluster.makeFleet()
        let (trace, description) = try loadTrace(episodes.trace)
        let plan = try episodes.plan(trace, fleet, of: cluster.file)
        // A folder that cannot be made or written to is no surprise to have after hours of search.
        try File.makeFolder(output)
        for place in 1...kept { try File.check(canWriteTo: file(place)) }
        let search = UntrainedSearch(
            architecture: try .published(),
            normalisation: try Normalisation(
                cpu: Float(fleet.firstNode.cpu),
                mem: Float(fleet.firstNode.mem)
            ),
            seed: seed
        )
        let bar = ProgressBar("trials", total: trials)
        let ranking = try search.run(
            trials: trials,
            on: plan,
            threads: episodes.threadCount,
            progress: { bar.show($0) }
        )
        bar.clear()
        var table = Table(header: ["kept", "trial", "trimmed mean", "file"])
        for (place, trial) in ranking.prefix(kept).enumerated() {
            let path = file(place + 1)
            try WeightsFile.write(search.model(ofTrial: trial.index), provenance(trial, place, description), to: path)
            table.add([
                "\(place + 1)", "\(trial.index)", NumberText.grouped(trial.trimmedMean, decimals: 1), path,
            ])
        }
        StandardOutput.print(table.text)
    }

    private func file(_ place: Int) -> String { "\(output)/untrained-\(place).h5" }

    private func provenance(_ trial: UntrainedSearch.Trial, _ place: Int, _ trace: TraceDescription) -> Provenance {
        Provenance([
            "tool": "spane search untrained",
            "command": "spane search untrained --trace \(episodes.trace) --starts \(episodes.starts) "
                + "\(cluster.given) --trials \(trials) --seed \(seed) --keep \(kept)",
            "seed": "\(seed)",
            "trial": "\(trial.index)",
            "trace_source": trace.source,
            "trace_sha256": trace.contentHash,
            "trace_licence": trace.licence,
            "metrics": "trimmed mean total wait \(trial.trimmedMean) s on the episodes of the search",
            "note": "Not trained: random weights, number \(place + 1) of \(trials) by the waits in the episodes of the "
                + "search.",
            "licence": "MIT",
        ])
    }
}
