import ArgumentParser

@main
struct Spane: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spane",
        abstract: "Place virtual machines on servers with two NUMA nodes, and measure how well it goes.",
        version: "0.1.0",
        subcommands: [TraceCommand.self, EvaluateCommand.self, SearchCommand.self]
    )
}
