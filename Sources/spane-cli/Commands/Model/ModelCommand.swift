import ArgumentParser

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Show weights files, annotate their provenance, and convert them.",
        subcommands: [ModelInfo.self, ModelNote.self, ModelExport.self, ModelImport.self]
    )
}
