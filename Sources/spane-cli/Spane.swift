import ArgumentParser
import CSpane
import CSpaneExit

@main
struct Spane: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spane",
        abstract: "Place virtual machines on servers with two NUMA nodes, and measure how well it goes.",
        version: SPANE_VERSION_STRING,
        subcommands: [
            TraceCommand.self, ModelCommand.self, EvaluateCommand.self, TrainCommand.self, SearchCommand.self,
            ExperimentCommand.self, ReportCommand.self,
        ]
    )

    static func main() {
        exit_when_memory_runs_out()
        main(nil)
    }
}
