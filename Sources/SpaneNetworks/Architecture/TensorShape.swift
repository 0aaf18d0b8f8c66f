/// The name and the dimensions of one parameter tensor.
public struct TensorShape: Equatable, Sendable {
    /// The name, such as `server_embedding.0.weight`.
    public let name: String
    /// (outputs, inputs) of a weight, (outputs) of a bias.
    public let dimensions: [Int]

    /// Creates a shape.
    public init(name: String, dimensions: [Int]) {
        self.name = name
        self.dimensions = dimensions
    }

    /// The number of values.
    public var count: Int { dimensions.reduce(1, *) }

    static func linear(_ name: String, inputs: Int, outputs: Int) -> [TensorShape] {
        [
            TensorShape(name: name + ".weight", dimensions: [outputs, inputs]),
            TensorShape(name: name + ".bias", dimensions: [outputs]),
        ]
    }
}
