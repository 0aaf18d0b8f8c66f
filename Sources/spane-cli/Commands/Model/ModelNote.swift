import ArgumentParser
import SpaneStorage

struct ModelNote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Note something in the provenance of weights, in place of what it was before.",
        discussion: """
            For instance what was measured on test starts, or the commit that the weights can be made again from. A name has \
            up to 64 letters a ... z, digits and _. The weights stay as they are, and the file is replaced in one step.
            """
    )

    @Argument(help: ArgumentHelp("The weights, in HDF5.", valueName: "model.h5"))
    var path: String

    @Argument(help: ArgumentHelp("What to note; an empty text removes a note.", valueName: "name=text"))
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
