import ArgumentParser

struct ModelImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Convert an ONNX file or a PyTorch state_dict to a weights file.",
        discussion: """
            What 'spane model export' wrote comes back with all its bits and its provenance, and needs no options. Of other \
            files the tensors must have the names of a network (docs/weights.md); its sizes follow from their shapes, and \
            the options say what shapes do not. Done by the Python package spane, run by the interpreter that SPANE_PYTHON \
            names, or python3.
            """
    )

    @Argument(help: ArgumentHelp("File to read: .onnx, or .pt, .pth or .th of PyTorch.", valueName: "file"))
    var source: String

    @Argument(help: ArgumentHelp("Weights file to write, in HDF5.", valueName: "model.h5"))
    var target: String

    @Option(
        help: ArgumentHelp(
            "How the server embeddings are pooled: mean, max, std, separated by commas in the order of the network. "
                + "[default: mean]",
            valueName: "list"
        )
    )
    var aggregators: String?

    @Option(help: "The activation of a potential: relu, softsign or tanh.")
    var activation: String?

    @Option(
        help: "What a potential divides the amounts of a server by: trained-node or own-node. [default: trained-node]"
    )
    var units: String?

    @Option(
        help: ArgumentHelp("Cores of one NUMA node, by which inputs are divided. [default: 40]", valueName: "cores")
    )
    var cpu: Double?

    @Option(help: ArgumentHelp("GB of one NUMA node, by which inputs are divided. [default: 90]", valueName: "gb"))
    var mem: Double?

    @OptionGroup var conversion: ConversionOptions

    func validate() throws { try conversion.check(foreign: source) }

    func run() throws {
        let ofNetwork = [
            ("aggregators", aggregators), ("activation", activation), ("units", units), ("cpu", cpu.map { "\($0)" }),
            ("mem", mem.map { "\($0)" }),
        ]
        let options = ofNetwork.flatMap { name, value in value.map { ["--\(name)=\($0)"] } ?? [] }
        try conversion.convert(source, to: target, options)
    }
}
