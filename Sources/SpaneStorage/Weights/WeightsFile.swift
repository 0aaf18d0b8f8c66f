internal import SpaneSystem
public import SpaneNetworks

/// Weights in HDF5. The schema is in `docs/file-formats.md`.
public enum WeightsFile {
    static let format = "spane-weights"
    static let version: Int64 = 1

    /// Reads weights.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    public static func read(_ path: String) throws(StorageError) -> (model: Model, provenance: Provenance) {
        try HDF5.perform { () throws(StorageError) in try read(from: try HDF5Reader(path: path)) }
    }

    /// Reads weights from the content of a file, which messages call `name`.
    package static func read(
        memory bytes: UnsafeRawBufferPointer,
        name: String
    ) throws(StorageError) -> (model: Model, provenance: Provenance) {
        try HDF5.perform { () throws(StorageError) in
            try read(from: try unsafe HDF5Reader(memory: bytes, name: name))
        }
    }

    private static func read(
        from file: borrowing HDF5Reader
    ) throws(StorageError) -> (model: Model, provenance: Provenance) {
        try file.check(format: format, version: version)
        do {
            let architecture = try file.architecture()
            let count = architecture.parameterCount
            try Memory.require(bytes: architecture.modelBytes, for: "a network of \(count) weights", path: file.path)
            let normalisation = try Normalisation(
                cpu: Float(file.required(double: "normalisation_cpu")),
                mem: Float(file.required(double: "normalisation_mem"))
            )
            let model = try Model(
                architecture: architecture,
                normalisation: normalisation,
                tensors: file.tensors(of: architecture)
            )
            if let recorded = try file.string("parameters_sha256"), recorded != contentHash(of: model) {
                throw file.error(
                    .format,
                    "attribute parameters_sha256 is \(recorded) and the parameters hash to \(contentHash(of: model)); "
                        + "the file was changed after it was written"
                )
            }
            return (model, Provenance(try file.provenance()))
        } catch let error as StorageError {
            throw error
        } catch {
            throw file.error(.format, "\(error)")
        }
    }

    /// SHA-256 over the parameters, in the order of ``SpaneNetworks/Architecture/tensorShapes``, each value as 4 bytes,
    /// little-endian.
    ///
    /// - Complexity: O(parameters).
    public static func contentHash(of model: Model) -> String {
        var hash = SHA256()
        for tensor in model.tensors {
            for value in tensor.values {
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    hash.update(byte: UInt8(truncatingIfNeeded: value.bitPattern >> shift))
                }
            }
        }
        return hash.hexadecimal()
    }

    /// Writes weights; an existing file is replaced in one step.
    public static func write(_ model: Model, _ provenance: Provenance, to path: String) throws(StorageError) {
        try HDF5Writer.write(path) { file throws(StorageError) in try put(model, provenance, into: file) }
    }

    /// The weights as the content of such a file.
    package static func image(of model: Model, _ provenance: Provenance) throws(StorageError) -> [UInt8] {
        try HDF5Writer.image(named: "the model") { file throws(StorageError) in try put(model, provenance, into: file) }
    }

    private static func put(
        _ model: Model,
        _ provenance: Provenance,
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        try file.attribute("format", format)
        try file.attribute("format_version", version)
        for (name, value) in model.architecture.attributes {
            switch value {
            case .text(let text): try file.attribute(name, text)
            case .integer(let number): try file.attribute(name, Int64(number))
            }
        }
        try file.attribute("normalisation_cpu", Double(model.normalisation.cpu))
        try file.attribute("normalisation_mem", Double(model.normalisation.mem))
        try file.attribute("parameters_sha256", contentHash(of: model))
        try file.group("parameters")
        for tensor in model.tensors {
            try file.dataset("parameters/\(tensor.shape.name)", tensor.values, dimensions: tensor.shape.dimensions)
        }
        try file.group("provenance")
        for (name, text) in provenance.entries.sorted(by: { $0.key < $1.key }) {
            try file.attribute(name, text, of: "provenance")
        }
    }
}

extension HDF5Reader {
    fileprivate func tensors(of architecture: Architecture) throws(StorageError) -> [Tensor] {
        // Shapes are compared before anything is read, so a file cannot make the reader allocate what it likes.
        let expected = architecture.tensorShapes
        let found = try names(in: "parameters")
        for name in found where !expected.contains(where: { $0.name == name }) {
            throw error(.format, "dataset /parameters/\(name) does not belong to this architecture")
        }
        var tensors: [Tensor] = []
        for shape in expected {
            guard found.contains(shape.name) else {
                throw error(.format, "dataset /parameters/\(shape.name) is missing")
            }
            let numbers = try floats("parameters/\(shape.name)") { dimensions throws(StorageError) in
                guard dimensions == shape.dimensions else {
                    throw error(
                        .shapeMismatch,
                        "dataset /parameters/\(shape.name) has shape \(dimensions); "
                            + "this architecture has \(shape.dimensions)"
                    )
                }
            }
            if let index = numbers.values.firstIndex(where: { !$0.isFinite }) {
                throw error(
                    .format,
                    "dataset /parameters/\(shape.name) has the value \(numbers.values[index]) at index \(index); "
                        + "all must be finite"
                )
            }
            tensors.append(Tensor(shape: shape, values: numbers.values))
        }
        return tensors
    }

    fileprivate func provenance() throws(StorageError) -> [String: String] {
        guard try has("provenance") else { return [:] }
        var entries: [String: String] = [:]
        for name in try attributes(of: "provenance") { entries[name] = try string(name, of: "provenance") }
        return entries
    }
}
