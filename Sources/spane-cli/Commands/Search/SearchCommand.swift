import ArgumentParser

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search for networks that place well.",
        subcommands: [
            SearchRunCommand.self, SearchUntrained.self, SearchDescribe.self, SearchTrial.self, SearchCollect.self,
        ],
        defaultSubcommand: SearchRunCommand.self
    )
}
