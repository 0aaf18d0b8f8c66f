import ArgumentParser

struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Generate simulated fleets.",
        subcommands: [FleetGenerate.self]
    )
}
