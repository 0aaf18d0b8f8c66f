import ArgumentParser
import SpaneRuns
import SpaneSettings
import SpaneSystem
import Synchronization

/// Trains one trial for whoever hands them out, and talks with it in lines of words that are separated by tabs.
///
/// It says `values` with those of the trial, `validation` with the step and the result, and at last `result` with the columns
/// of results.csv. After `ask` it reads a line: `prune` ends the trial. It stops as after a signal when standard
/// input is closed, since whoever asked for the trial is gone then.
struct SearchTrial: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trial",
        abstract: "Train one trial of a search.",
        shouldDisplay: false
    )

    @OptionGroup var search: SearchOptions
    @OptionGroup var lock: LockOptions

    @Option(help: "Number of the trial.")
    var number: Int

    @Option(
        name: .customLong("value"),
        help: "Value of a key of [space] instead of the one that is drawn: one for each key, by their names."
    )
    var values: [String] = []

    func run() throws {
        var search = try self.search.read()
        guard (0..<search.trialCount).contains(number) else {
            throw ValidationError("--number is \(number); it must be in 0 ..< \(search.trialCount).")
        }
        if !values.isEmpty { try search.choose(values, forTrial: number) }
        let worker = try SearchWorker(search, in: self.search.output, by: lock.guardian, version: Spane.version)
        StopSignal.install()
        say(["values"] + search.values(ofTrial: number).map(\.source))
        let told = Mutex(0)
        do {
            let result = try worker.play(number) { points in
                told.withLock { told in
                    guard points.count > told else { return false }
                    for point in points[told...] { say(["validation", "\(point.step)", "\(point.value)"]) }
                    told = points.count
                    say(["ask"])
                    return readLine() == "prune"
                }
            } mustStop: {
                StopSignal.number != nil || Self.isInputClosed
            }
            say(["result"] + result.fields)
        } catch is TrialStopped {
            throw StopReport.exitCode
        }
    }

    private func say(_ words: [String]) { StandardOutput.write(words.joined(separator: "\t") + "\n") }

    /// Whether the other end of the pipe at standard input is gone.
    private static var isInputClosed: Bool {
        var input = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
        return unsafe poll(&input, 1, 0) > 0 && input.revents & Int16(POLLHUP) != 0
    }
}
