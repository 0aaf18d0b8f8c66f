import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// HDF5 files that are no valid weights.
@Suite struct WeightsFileErrorTests {
    private let folder = TemporaryFolder()

    /// Expects that weights are refused once `change` has been applied to their file.
    private func refuses(
        _ detail: String,
        _ code: StorageError.Code = .format,
        of model: Model? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (HDF5Editor) -> Void
    ) throws {
        let path = folder.file("weights.h5")
        try WeightsFile.write(model ?? Samples.spane(), Provenance(["tool": "a test"]), to: path)
        _ = try WeightsFile.read(path)
        try HDF5Editor.edit(path, change)
        expectError(code, path, detail, sourceLocation: sourceLocation) { try WeightsFile.read(path) }
    }

    // MARK: What the file says of itself

    @Test func theFormat() throws {
        try refuses("attribute format is missing; it must be \"spane-weights\"") { $0.removeAttribute("format") }
        try refuses("attribute format is \"spane-trace\"; it must be \"spane-weights\"") {
            $0.attribute("format", "spane-trace")
        }
        try refuses("attribute format_version is 2; this library reads version 1", .version) {
            $0.attribute("format_version", 2 as Int64)
        }
        try refuses("attribute format_version is missing; this library reads version 1", .version) {
            $0.removeAttribute("format_version")
        }
    }

    @Test func parametersThatDoNotHashToWhatTheFileSays() throws {
        let hash = WeightsFile.contentHash(of: try Samples.spane())
        try refuses(
            "attribute parameters_sha256 is 00 and the parameters hash to \(hash); "
                + "the file was changed after it was written"
        ) { $0.attribute("parameters_sha256", "00") }
    }

    @Test func aTraceIsNoWeights() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(), Samples.description, to: path)
        expectError(.format, path, "attribute format is \"spane-trace\"; it must be \"spane-weights\"") {
            try WeightsFile.read(path)
        }
    }

    @Test func theArchitecture() throws {
        let names = "\"spane\", \"afterstate\", \"mlp\" or \"potential\""
        try refuses("attribute architecture is \"transformer\"; it must be \(names)") {
            $0.attribute("architecture", "transformer")
        }
        try refuses("attribute architecture is missing; it must be \(names)") {
            $0.removeAttribute("architecture")
        }
        try refuses("attribute hidden_width is missing") { $0.attribute("architecture", "mlp") }
        try refuses("attribute server_width is missing", of: Samples.mlp()) { $0.attribute("architecture", "spane") }
    }

    @Test(arguments: [
        "server_width", "server_depth", "value_width", "value_depth", "advantage_width", "advantage_depth",
        "normalisation_cpu", "normalisation_mem",
    ])
    func missingAttributes(name: String) throws {
        try refuses("attribute \(name) is missing") { $0.removeAttribute(name) }
        try refuses("attribute \(name) of / is not a single") { $0.attribute(name, [1, 2]) }
    }

    @Test(arguments: ["hidden_width", "hidden_layers", "servers"])
    func missingAttributesOfAnMLP(name: String) throws {
        try refuses("attribute \(name) is missing", of: Samples.mlp()) { $0.removeAttribute(name) }
        try refuses("attribute \(name) of / is not a single number", of: Samples.mlp()) { $0.attribute(name, "6") }
    }

    @Test func whatAPotentialSees() throws {
        let model = try Samples.potential(context: .request)
        for name in ["activation", "context"] {
            try refuses("attribute \(name) is missing", of: model) { $0.removeAttribute(name) }
            try refuses("attribute \(name) is \"all\"; it must be one of", of: model) { $0.attribute(name, "all") }
        }
        try refuses("attribute units is \"all\"; it must be one of trained-node, own-node", of: model) {
            $0.attribute("units", "all")
        }
        // The weights do not fit what the file says.
        try refuses("dataset /parameters/potential.0.weight", .shapeMismatch, of: model) {
            $0.attribute("context", "cluster")
        }
    }

    @Test(arguments: [0, -1, 4097, .max, .min] as [Int64])
    func impossibleWidths(width: Int64) throws {
        for name in ["server", "value", "advantage"] {
            try refuses("\(name) width is \(width); it must be in 1 ... 4096") {
                $0.attribute("\(name)_width", width)
            }
        }
        try refuses("hidden width is \(width); it must be in 1 ... 4096", of: Samples.mlp()) {
            $0.attribute("hidden_width", width)
        }
        try refuses("servers is \(width); it must be in 1 ... 4096", of: Samples.mlp()) {
            $0.attribute("servers", width)
        }
    }

    @Test(arguments: [0, -1, 65, .max] as [Int64])
    func impossibleDepths(depth: Int64) throws {
        for name in ["server", "value", "advantage"] {
            try refuses("\(name) depth is \(depth); it must be in 1 ... 64") { $0.attribute("\(name)_depth", depth) }
        }
        try refuses("hidden depth is \(depth); it must be in 1 ... 64", of: Samples.mlp()) {
            $0.attribute("hidden_layers", depth)
        }
    }

    @Test(arguments: ["", "median", "mean,", "mean, max", "Mean"])
    func unknownAggregators(text: String) throws {
        try refuses("attribute aggregators is \"\(text)\"; it may name mean, max and std") {
            $0.attribute("aggregators", text)
        }
    }

    @Test func aggregatorsGivenTwice() throws {
        try refuses("aggregators is \"mean,mean\"; it must name one or more of mean, max, std, each once") {
            $0.attribute("aggregators", "mean,mean")
        }
        try refuses("attribute aggregators is missing") { $0.removeAttribute("aggregators") }
        try refuses("attribute aggregators of / is not a string") { $0.attribute("aggregators", Int64(1)) }
    }

    @Test(arguments: [0, -40, .nan, .infinity, 1e300])
    func impossibleNormalisations(value: Double) throws {
        let shown = Float(value)
        try refuses("normalisation cpu is \(shown); it must be finite and above 0") {
            $0.attribute("normalisation_cpu", value)
        }
        try refuses("normalisation mem is \(shown); it must be finite and above 0") {
            $0.attribute("normalisation_mem", value)
        }
    }

    // MARK: Parameters

    @Test func datasetsThatAreMissingOrTooMany() throws {
        for shape in try Samples.spane().architecture.tensorShapes {
            try refuses("dataset /parameters/\(shape.name) is missing") { $0.remove("parameters/\(shape.name)") }
        }
        try refuses("group /parameters is missing") { $0.remove("parameters") }
        try refuses("group /parameters is missing") { file in
            file.remove("parameters")
            file.dataset("parameters", [1])
        }
        try refuses("dataset /parameters/extra does not belong to this architecture") {
            $0.dataset("parameters/extra", [1])
        }
        // A layer more than the attributes say.
        try refuses("dataset /parameters/value_layers.4.weight does not belong to this architecture") {
            $0.dataset("parameters/value_layers.4.weight", [1])
        }
    }

    @Test func wrongShapes() throws {
        func refuses(_ name: String, _ dimensions: [Int], _ expected: [Int]) throws {
            let detail = "dataset /parameters/\(name) has shape \(dimensions); this architecture has \(expected)"
            try self.refuses(detail, .shapeMismatch) { file in
                let values = [Double](repeating: 0, count: dimensions.reduce(1, *))
                file.dataset("parameters/\(name)", values, dimensions: dimensions)
            }
        }
        try refuses("server_embedding.0.weight", [4, 8], [8, 4])
        try refuses("server_embedding.0.weight", [32], [8, 4])
        try refuses("server_embedding.0.weight", [8, 4, 1], [8, 4])
        try refuses("server_embedding.0.weight", [], [8, 4])
        try refuses("server_embedding.0.bias", [8, 1], [8])
        try refuses("server_embedding.0.bias", [0], [8])
    }

    /// The attributes of one architecture and the parameters of another.
    @Test func anotherWidthThanTheParameters() throws {
        try refuses(
            "dataset /parameters/value_layers.0.weight has shape [8, 11]; this architecture has [9, 11]",
            .shapeMismatch
        ) { $0.attribute("value_width", 9 as Int64) }
        try refuses(
            "dataset /parameters/value_layers.2.weight has shape [1, 8]; this architecture has [8, 8]",
            .shapeMismatch
        ) { $0.attribute("value_depth", 2 as Int64) }
        try refuses(
            "dataset /parameters/fc.0.weight has shape [6, 15]; this architecture has [6, 19]",
            .shapeMismatch,
            of: Samples.mlp()
        ) { $0.attribute("servers", 4 as Int64) }
    }

    /// Shapes are compared before anything is read, so that a claim costs no memory.
    @Test func claimsOfManyValues() throws {
        try refuses(
            "dataset /parameters/adv_layers.0.bias has shape [1099511627776]; this architecture has [16]",
            .shapeMismatch
        ) { $0.emptyClaim("parameters/adv_layers.0.bias", dimensions: [1 << 40], chunk: 1 << 16) }
        try refuses("dataset /parameters/adv_layers.0.bias claims [16] values, more than the file can hold") {
            $0.emptyClaim("parameters/adv_layers.0.bias", dimensions: [16], chunk: nil)
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e39])
    func valuesThatAreNotFinite(value: Double) throws {
        try refuses(
            "dataset /parameters/adv_layers.2.bias has the value \(Float(value)) at index 1; all must be finite"
        ) { $0.dataset("parameters/adv_layers.2.bias", [0, value]) }
    }

    @Test func parametersThatAreNoNumbers() throws {
        try refuses("dataset /parameters/adv_layers.2.bias does not hold numbers") {
            $0.dataset("parameters/adv_layers.2.bias", ["1", "2"])
        }
        try refuses("/parameters/adv_layers.2.bias is not a dataset, or is damaged") {
            $0.group("parameters/adv_layers.2.bias")
        }
    }
}
