import SpaneNetworks
import SpaneStorage
import Testing

/// Reads from one golden file, a dataset or attribute at a time.
struct GoldenFile {
    let path: String

    init(_ name: String) { path = Reference.folder + "/golden/" + name }

    func doubles(_ name: String) throws -> [Double] { try table(name).values }

    func integers(_ name: String) throws -> [Int] {
        try HDF5.perform { () throws(StorageError) in try open().integers(name).values.map { Int($0) } }
    }

    /// A dataset row by row.
    func rows(_ name: String) throws -> [[Double]] {
        let table = try table(name)
        let width = table.dimensions.dropFirst().reduce(1, *)
        return (0..<table.dimensions[0]).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
    }

    func attribute(_ name: String, of object: String) throws -> Double {
        let value = try HDF5.perform { () throws(StorageError) in
            try open().double(name, of: object)
        }
        return try #require(value, "\(object) has no attribute \(name)")
    }

    func names(in group: String) throws -> [String] {
        try HDF5.perform { () throws(StorageError) in try open().names(in: group) }
    }

    /// The weights in a group as a model.
    func model(_ group: String, _ architecture: Architecture) throws -> Model {
        let tensors = try HDF5.perform { () throws(StorageError) in
            let file = try open()
            var tensors: [Tensor] = []
            for name in try file.names(in: group) {
                let numbers = try file.floats(group + "/" + name)
                let shape = TensorShape(name: name, dimensions: numbers.dimensions)
                tensors.append(Tensor(shape: shape, values: numbers.values))
            }
            return tensors
        }
        return try Model(architecture: architecture, normalisation: .published, tensors: tensors)
    }

    /// A published model by its name.
    static func publishedModel(_ name: String) throws -> Model {
        let architecture: Architecture =
            name.hasPrefix("SPANE")
            ? .spane(try .published())
            : .mlp(try MLPArchitecture(hidden: LayerShape(width: 32, depth: 2), servers: 5))
        return try GoldenFile("q_values.h5").model("published_weights/" + name, architecture)
    }

    /// These files are in HDF5's oldest format.
    private func open() throws(StorageError) -> HDF5Reader { try HDF5Reader(path: path, isTrusted: true) }

    private func table(_ name: String) throws -> HDF5Reader.Numbers<Double> {
        try HDF5.perform { () throws(StorageError) in try open().doubles(name) }
    }
}
