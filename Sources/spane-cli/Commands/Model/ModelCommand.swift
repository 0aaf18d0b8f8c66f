import ArgumentParser

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Show weights files and annotate their provenance.",
        subcommands: [ModelInfo.self, ModelNote.self]
    )
}
