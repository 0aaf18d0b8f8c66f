import ArgumentParser
import SpaneExperiments
import SpaneStorage

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put together what several machines found with --shard, as if one had played everything.",
        discussion: """
            Give the parts of all shards, in any order: the files of 'spane evaluate --shard', or the folders of 'spane \
            experiment --shard'. The result is bit for bit that of one machine, but for the decisions a second, which are the \
            mean of all machines. docs/hosts.md says when shards are worth it.
            """
    )

    @Argument(help: ArgumentHelp("Parts: files of spane evaluate, or folders of spane experiment.", valueName: "part"))
    var parts: [String]

    @Option(
        help: ArgumentHelp(
            "Of an evaluation, the CSV file that spane evaluate --output would write; '-' prints only that. Of an experiment, the "
                + "folder for the results; it must be given.",
            valueName: "file.csv | folder"
        )
    )
    var output: String?

    @Flag(help: "Print the result of an evaluation as JSON instead of a table.")
    var json = false

    @OptionGroup var lock: LockOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard !parts.isEmpty else { throw ValidationError("There are no parts to merge.") }
    }

    func run() throws {
        let folders = parts.filter { File.isFolder($0) }
        guard let folder = folders.first else { return try mergeEvaluation() }
        guard folders.count == parts.count else {
            let file = parts.first { !File.isFolder($0) } ?? ""
            throw ValidationError(
                "\(folder) is the folder of an experiment and \(file) is a file, as parts of spane evaluate are; merge parts of one "
                    + "kind."
            )
        }
        try mergeExperiment()
    }

    private func mergeEvaluation() throws {
        if json, output == "-" {
            throw ValidationError("--json and --output - both go to standard output; --output must name a file here.")
        }
        if let output, output != "-" {
            guard !parts.contains(output) else {
                throw ValidationError("--output is \(output), which is one of the parts; name another file.")
            }
            try File.check(canWriteTo: output)
        }
        try EvaluationPart.merged(parts.map { try EvaluationPart($0) }).write(json: json, to: output)
    }

    private func mergeExperiment() throws {
        guard !json else {
            throw ValidationError("--json is for parts of spane evaluate; an experiment's folder gets summary.json.")
        }
        guard let output, output != "-" else {
            throw ValidationError("--output is missing; it must name the folder for the results of the experiment.")
        }
        let whole = try ExperimentPart.merged(parts.map { try ExperimentPart($0) })
        let folder = ExperimentFolder(output)
        let held = try folder.hold(for: whole.manifest, by: lock.guardian)
        try withExtendedLifetime(held) {
            try folder.keep(whole)
            try ExperimentReport.finish(whole.waits, whole.settings, folder, threads: threads.count)
        }
    }
}
