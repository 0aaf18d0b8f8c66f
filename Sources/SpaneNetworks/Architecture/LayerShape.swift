/// The hidden part of a stack of linear layers: `depth` layers of `width` units, each followed by a ReLU.
public struct LayerShape: Equatable, Sendable {
    /// Units of each hidden layer, 1 ... ``largestWidth``.
    public let width: Int
    /// Number of hidden layers, 1 ... ``largestDepth``.
    public let depth: Int

    /// The widest hidden layer that is accepted.
    public static let largestWidth = 4096
    /// The most hidden layers that are accepted.
    public static let largestDepth = 64

    /// Describes `depth` hidden layers of `width` units.
    ///
    /// - Throws: ``NetworkError`` when one is out of range; `name` says whose shape it is.
    public init(width: Int, depth: Int, name: String = "hidden") throws(NetworkError) {
        guard width >= 1, width <= Self.largestWidth else {
            throw NetworkError("\(name) width is \(width); it must be in 1 ... \(Self.largestWidth)")
        }
        guard depth >= 1, depth <= Self.largestDepth else {
            throw NetworkError("\(name) depth is \(depth); it must be in 1 ... \(Self.largestDepth)")
        }
        self.width = width
        self.depth = depth
    }

    /// The tensors of `prefix`: depth hidden layers from `inputs` values, then a linear layer to `outputs` values.
    ///
    /// Layers are numbered as in a sequence in which every ReLU takes a number too: 0, 2, 4 and so on.
    func tensorShapes(prefix: String, inputs: Int, outputs: Int) -> [TensorShape] {
        var shapes: [TensorShape] = []
        var incoming = inputs
        for layer in 0...depth {
            let outgoing = layer == depth ? outputs : width
            shapes += TensorShape.linear("\(prefix).\(2 * layer)", inputs: incoming, outputs: outgoing)
            incoming = outgoing
        }
        return shapes
    }
}
