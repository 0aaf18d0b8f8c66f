import ArgumentParser
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage

/// The options that describe episodes of a trace.
struct EpisodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Trace in HDF5 or CSV; - for standard input.", valueName: "file"))
    var trace: String

    @Option(
        help: ArgumentHelp(
            "First VM of each episode: a file with one index per line, or COUNT distinct ones sampled from a range.",
            valueName: "file | lo..<hi:count:seed"
        )
    )
    var starts: String

    @Option(
        help: ArgumentHelp(
            "VMs placed per episode; 'auto': as many as First Fit places until one first fits nowhere, plus 40.",
            valueName: "auto | n"
        )
    )
    var length = EpisodeEnd.automatic

    @OptionGroup var moves: MoveOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if case .length(let count) = length, count < 1 {
            throw ValidationError("--length is \(count); it must be 'auto' or at least 1.")
        }
    }

    var threadCount: Int { threads.count }

    /// The indices that `--starts` describes.
    func startIndices() throws -> [Int] { try StartsArgument.indices(starts, "--starts") }

    /// The trace on these servers, of which `--fleet` tells unless `file` is `nil`; refuses a trace with a VM that is larger
    /// than a server.
    func scenario(_ trace: Trace, on fleet: Fleet, of file: String?) throws -> Scenario {
        try TraceOnServers.scenario(trace, self.trace, on: fleet, of: file, moves.limits)
    }

    func plan(_ trace: Trace, _ fleet: Fleet, of file: String?) throws -> EpisodePlan {
        try EpisodePlan(
            scenario(trace, on: fleet, of: file),
            starts: startIndices(),
            until: length,
            threads: threadCount
        )
    }
}

/// The first VMs of episodes as they are named on the command line.
enum StartsArgument {
    /// The indices that an option describes.
    static func indices(_ text: String, _ option: String) throws -> [Int] {
        if let sampled = try Starts.parse(text) { return sampled }
        guard File.exists(text) else {
            throw ValidationError(
                "\(option) is '\(text)'; it must be an existing file or LO..<HI:COUNT:SEED, as 0..<1000:50:1."
            )
        }
        return try StartsFile.read(text)
    }
}
