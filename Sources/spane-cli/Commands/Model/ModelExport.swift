import ArgumentParser

struct ModelExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write weights as an ONNX graph or a PyTorch state_dict.",
        discussion: """
            The graph computes Q of every action and the best action; it takes any number of situations at once and, unless \
            the network is bound to one, any number of servers. Parameters keep all their bits, and the licence, the note and \
            the rest of the provenance go along. Done by the Python package spane, run by the interpreter that SPANE_PYTHON \
            names, or python3. See docs/weights.md.
            """
    )

    @Argument(help: ArgumentHelp("Weights file in HDF5.", valueName: "model.h5"))
    var source: String

    @Argument(help: ArgumentHelp("File to write: .onnx, or .pt, .pth or .th for PyTorch.", valueName: "file"))
    var target: String

    @OptionGroup var conversion: ConversionOptions

    func validate() throws { try conversion.check(foreign: target) }

    func run() throws { try conversion.convert(source, to: target) }
}
