import ArgumentParser

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Describe weights, and note what is known about them.",
        subcommands: [ModelInfo.self, ModelNote.self]
    )
}
