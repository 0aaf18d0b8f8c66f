import ArgumentParser

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search for networks that place well.",
        subcommands: [SearchRunCommand.self, SearchUntrained.self],
        defaultSubcommand: SearchRunCommand.self
    )
}
