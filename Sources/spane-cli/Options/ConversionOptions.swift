import ArgumentParser

/// What `spane model export` and `import` share.
struct ConversionOptions: ParsableArguments {
    @Option(help: "Licence of the weights. [default: what the file says, or unknown]")
    var licence: String?

    @Option(help: "A note to keep with the weights. [default: what the file says]")
    var note: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    private static let endings = [".onnx", ".pt", ".pth", ".th"]

    /// Checks that the file that is not in HDF5 is one of another kind.
    func check(foreign path: String) throws {
        let lowercase = path.lowercased()
        guard Self.endings.contains(where: { lowercase.hasSuffix($0) }) else {
            throw ValidationError("'\(path)' must end in one of \(Self.endings.joined(separator: ", ")).")
        }
    }

    /// Becomes the converter in Python.
    func convert(_ source: String, to target: String, _ options: [String] = []) throws -> Never {
        var arguments = options
        if let licence { arguments.append("--licence=\(licence)") }
        if let note { arguments.append("--note=\(note)") }
        if force { arguments.append("--force") }
        // What follows are paths, even where they begin with a dash.
        arguments += ["--", source, target]
        try Python.run("spane.convert", arguments, extra: "onnx", purpose: "convert weights")
    }
}
