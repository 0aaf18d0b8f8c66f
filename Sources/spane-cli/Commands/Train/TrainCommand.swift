import ArgumentParser
import SpaneRuns

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a network in a run folder; an interrupted run resumes from its last checkpoint.",
        discussion: """
            A configuration file alone determines the result; '--print-config' prints one with every key. The folder \
            gets the complete configuration, the weights of the best validation (best.h5) and the last ones \
            (last.h5), logs (log.jsonl and a TensorBoard event file) and checkpoints. After a crash, Ctrl-C, a closed \
            terminal or a full disk, run the same command again: it resumes from the last checkpoint and ends with \
            the same weights. See docs/training.md.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Configuration in TOML; with --print-config a preset.",
            valueName: "config.toml | preset"
        )
    )
    var source: String?

    @Option(help: ArgumentHelp("Run folder; created if missing.", valueName: "folder"))
    var output: String?

    @Option(
        name: .customLong("trace"),
        help: ArgumentHelp(
            "Trace to train on; overrides those of the configuration, in their order. May be repeated.",
            valueName: "file"
        )
    )
    var traces: [String] = []

    @Option(help: "Random seed; overrides that of the configuration.")
    var seed: Int?

    @Option(help: "Number of threads; overrides that of the configuration. The results do not depend on it.")
    var threads: Int?

    @OptionGroup var lock: LockOptions

    @Flag(help: "Print a complete configuration with the meaning of every key, and exit.")
    var printConfig = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
        if let seed, seed < 0 { throw ValidationError("--seed is \(seed); it must not be negative.") }
        guard !printConfig else { return }
        if source == nil {
            throw ValidationError("Name a configuration file; 'spane train --print-config' prints one.")
        }
        if output == nil { throw ValidationError("Missing expected argument '--output <folder>'") }
    }

    func run() throws {
        if printConfig { return StandardOutput.write(try preset().text) }
        guard let source, let output else { return }
        let configuration = try read(source)
        // What can be refused is refused before the traces are read, and those are read before the folder is made.
        try RunFolder.check(output, for: configuration)
        let data = try TrainingData(configuration, file: source)
        let folder = try RunFolder(output, for: configuration, by: lock.guardian)
        StopSignal.install()
        let run = try TrainingRun(configuration, data: data, folder: folder, version: Spane.version)
        try run.follow("step")
        StandardOutput.print(TrainingReport(run, folder: folder).text)
    }

    private func preset() throws -> RunConfiguration {
        let registry = LearnerRegistry.standard
        let name = source ?? registry.presets[0].name
        guard let preset = registry.preset(named: name) else {
            throw ValidationError(
                "The preset '\(name)' is unknown; there are \(registry.presets.map(\.name).joined(separator: ", "))."
            )
        }
        return RunConfiguration(preset: preset, of: registry)
    }

    private func read(_ file: String) throws -> RunConfiguration {
        var configuration = try RunConfiguration.read(file, registry: .standard)
        if let seed { configuration.run.seed = seed }
        if let threads { configuration.run.threads = threads }
        try configuration.take(traces: traces, file: file)
        return configuration
    }
}
