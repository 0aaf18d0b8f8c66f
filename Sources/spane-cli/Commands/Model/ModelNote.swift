import ArgumentParser
import SpaneStorage

struct ModelNote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Set notes in the provenance of a weights file.",
        discussion: """
            For example test results, or the commit that reproduces the weights. A name has up to 64 characters a ... \
            z, 0 ... 9 and _. The weights do not change, and the file is replaced atomically.
            """
    )

    @Argument(help: ArgumentHelp("Weights file in HDF5.", valueName: "model.h5"))
    var path: String

    @Argument(help: ArgumentHelp("Note to set; an empty text removes it.", valueName: "name=text"))
    var notes: [NoteArgument]

    func run() throws {
        var (model, provenance) = try WeightsFile.read(path)
        for note in notes { provenance[note.name] = note.text.isEmpty ? nil : note.text }
        try WeightsFile.write(model, provenance, to: path)
    }
}

/// NAME=TEXT.
struct NoteArgument: ExpressibleByArgument {
    let name: String
    let text: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        name = String(argument[..<equals])
        text = String(argument[argument.index(after: equals)...])
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789_")
        guard (1...64).contains(name.count), name.allSatisfy(letters.contains) else { return nil }
    }
}
