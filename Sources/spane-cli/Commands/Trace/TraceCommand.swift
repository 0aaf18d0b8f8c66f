import ArgumentParser

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Import, generate and describe traces.",
        subcommands: [TraceImport.self, TraceGenerate.self, TraceInfo.self]
    )
}
