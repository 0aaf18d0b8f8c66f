import ArgumentParser
import SpaneEvaluation
import SpaneRuns
import SpaneStorage
import SpaneSystem

struct SearchRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Train many networks with different hyper-parameters and keep the best.",
        discussion: """
            The file is a configuration of 'spane train' with a section [space] of the keys that vary. Every trial is \
            a complete run on one thread. The folder gets all results (results.csv, results.h5) and the weights of \
            the best trials. After a crash or Ctrl-C, run the same command again to resume: finished trials are kept, \
            the others resume from their checkpoints. The control is one untrained network per trial, of the same \
            architecture and validated in the same way. See docs/training.md.

            With --storage the same command on other hosts takes part in the search, and comes and goes at any time \
            (docs/hosts.md). It becomes the Python package's 'python3 -m spane.search', where Optuna hands out the trials; \
            SPANE_PYTHON may name the interpreter.
            """
    )

    @OptionGroup var search: SearchOptions

    @Option(
        help: ArgumentHelp(
            "Share the search with other hosts: a database that hands out the trials, postgresql://USER@HOST/DATABASE or, on "
                + "one machine, sqlite:///FILE. Needs the Python package spane[search].",
            valueName: "url"
        )
    )
    var storage: String?

    @Option(
        help: ArgumentHelp(
            "With --storage: how often a worker tells that it lives; after three silences its trials go to others. "
                + "[default: 30]",
            valueName: "seconds"
        )
    )
    var heartbeat: Int?

    @Option(help: "Number of trials at a time; the results do not depend on it. [default: all available processors]")
    var threads: Int?

    @OptionGroup var lock: LockOptions

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
        guard let heartbeat else { return }
        if storage == nil { throw ValidationError("--heartbeat needs --storage.") }
        if heartbeat < 1 { throw ValidationError("--heartbeat is \(heartbeat); it must be at least 1.") }
    }

    func run() throws {
        if let storage { try handOver(to: storage) }
        let search = try self.search.read()
        try search.checkChoosesAlone()
        let run = try SearchRun(search, in: self.search.output, by: lock.guardian, version: Spane.version)
        StopSignal.install()
        let bar = ProgressBar("trials", total: search.trialCount, first: run.results.count, lineInterval: 30)
        let outcome = try run.run(threads: threads ?? processorCount, mustStop: { StopSignal.number != nil }) {
            bar.show($0)
        }
        bar.clear()
        guard outcome == .finished else {
            StandardOutput.print(
                StopReport.text(
                    "Stopped after \(NumberText.grouped(run.results.count)) of "
                        + "\(NumberText.grouped(search.trialCount)) trials"
                )
            )
            throw StopReport.exitCode
        }
        StandardOutput.print(SearchReport(search, run).text)
    }

    /// The file of this program, which a worker starts for each trial.
    private static var program: String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = unsafe readlink("/proc/self/exe", &bytes, Int(PATH_MAX))
        return count > 0 ? unsafe PathText.text(cString: &bytes) : "spane"
    }

    /// Becomes a worker in Python, which asks the database for trials and trains each with this program.
    private func handOver(to storage: String) throws -> Never {
        var arguments = search.arguments + ["--storage", storage, "--threads", "\(threads ?? processorCount)"]
        if let heartbeat { arguments += ["--heartbeat", "\(heartbeat)"] }
        if lock.withoutLock { arguments.append("--without-lock") }
        arguments += ["--command", Self.program, "--", search.source]
        try Python.run("spane.search", arguments, extra: "search", purpose: "share a search")
    }
}
