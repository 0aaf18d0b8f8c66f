import ArgumentParser
import SpaneNetworks
import SpaneStorage

struct ModelInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show a weights file: architecture, parameters and provenance."
    )

    @Argument(help: ArgumentHelp("Weights file in HDF5.", valueName: "model.h5"))
    var path: String

    func run() throws {
        let (model, provenance) = try WeightsFile.read(path)
        var lines = model.architecture.attributes.map { name, value in
            switch value {
            case .text(let text): (name, text)
            case .integer(let number): (name, String(number))
            }
        }
        lines.append(("made for", model.normalisation.hardware))
        lines.append(("parameters", NumberText.grouped(model.architecture.parameterCount)))
        lines.append(("parameters_sha256", WeightsFile.contentHash(of: model)))
        let entries = provenance.entries.sorted { $0.key < $1.key }
        StandardOutput.print(path)
        StandardOutput.print(Self.text(lines))
        guard !entries.isEmpty else { return }
        StandardOutput.print("\nprovenance")
        StandardOutput.print(Self.text(entries.map { ($0.key, $0.value) }))
    }

    /// Names and texts in two columns; the lines of a text below each other.
    private static func text(_ entries: [(name: String, text: String)]) -> String {
        let width = entries.map(\.name.count).max() ?? 0
        return entries.flatMap { entry in
            let lines = entry.text.split(separator: "\n")
            return zip([entry.name] + Array(repeating: "", count: lines.count), lines).map { name, line in
                "  " + name + String(repeating: " ", count: width - name.count + 2) + line
            }
        }.joined(separator: "\n")
    }
}
