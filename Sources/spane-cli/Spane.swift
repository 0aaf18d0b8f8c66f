import ArgumentParser
import CSpaneHeader
import CSpaneExit
import SpaneSystem
import SpaneStorage

@main
struct Spane: ParsableCommand {
    /// That of the library, whose header has the numbers.
    static let version = "\(SPANE_VERSION_MAJOR).\(SPANE_VERSION_MINOR).\(SPANE_VERSION_PATCH)"

    static let configuration = CommandConfiguration(
        commandName: "spane",
        abstract: "Place virtual machines on NUMA servers and measure how long they wait.",
        version: Spane.version,
        subcommands: [
            TraceCommand.self, FleetCommand.self, ModelCommand.self, PlanCommand.self, EvaluateCommand.self,
            ReplayCommand.self,
            TrainCommand.self, TuneCommand.self, SearchCommand.self, ExperimentCommand.self, MergeCommand.self,
            ReportCommand.self,
        ]
    )

    /// The words of the command line, in which file names may be any bytes.
    static let arguments: [String] = (1..<max(1, Int(CommandLine.argc))).compactMap { index in
        unsafe CommandLine.unsafeArgv[index].map { unsafe PathText.text(cString: $0) }
    }

    static func main() {
        exit_when_memory_runs_out()
        StandardFiles.fill()
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            try StandardOutput.check()
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        // A reader that has seen enough, as head does, is no mistake. The end is what it is for other programs.
        if (error as? StorageError)?.errno == EPIPE {
            raise(SIGPIPE)
            systemExit(128 + SIGPIPE)
        }
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        guard code.isSuccess else {
            if !message.isEmpty { StandardError.write(message + "\n") }
            systemExit(code.rawValue)
        }
        // Help, or the version.
        if !message.isEmpty { StandardOutput.print(message) }
        do {
            try StandardOutput.check()
        } catch {
            end(with: error)
        }
        systemExit(code.rawValue)
    }
}
