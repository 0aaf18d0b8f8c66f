internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneNetworks

/// Where each parameter tensor of an architecture stands in one vector: one after the other, in the order of
/// ``Model/tensors``.
struct ParameterLayout: Sendable {
    let shapes: [TensorShape]
    /// The number of parameters.
    let count: Int
    private let offsets: [String: Int]

    init(_ architecture: Architecture) {
        shapes = architecture.tensorShapes
        var offsets: [String: Int] = [:]
        var count = 0
        for shape in shapes {
            offsets[shape.name] = count
            count += shape.count
        }
        self.offsets = offsets
        self.count = count
    }

    /// The layer called `name`, or `columns` of it.
    func layer(_ name: String, columns: Range<Int>? = nil) -> DenseLayer {
        guard let shape = shapes.first(where: { $0.name == name + ".weight" }), let weights = offsets[shape.name],
            let bias = offsets[name + ".bias"]
        else { preconditionFailure("\(name) is not a layer of this architecture") }
        let columns = columns ?? 0..<shape.dimensions[1]
        return DenseLayer(
            weights: weights + columns.lowerBound,
            bias: bias,
            inputs: columns.count,
            outputs: shape.dimensions[0],
            stride: shape.dimensions[1]
        )
    }

    /// The layers `prefix.0`, `prefix.2` and so on.
    func stack(_ prefix: String) -> [DenseLayer] {
        var layers: [DenseLayer] = []
        while case let name = "\(prefix).\(2 * layers.count)", offsets[name + ".weight"] != nil {
            layers.append(layer(name))
        }
        return layers
    }

    /// The tensors of a vector of parameters.
    func tensors(_ values: borrowing FlatBuffer<Float>) -> [Tensor] {
        var start = 0
        return shapes.map { shape in
            defer { start += shape.count }
            return Tensor(shape: shape, values: (start..<start + shape.count).map { values[$0] })
        }
    }
}

/// One linear layer, or some columns of it, by where its parameters stand in the vector of all.
struct DenseLayer: Sendable {
    /// The first weight.
    let weights: Int
    /// The first bias.
    let bias: Int
    var inputs: Int
    let outputs: Int
    /// From one row of weights to the next.
    let stride: Int

    /// The layer as the kernels see it.
    @unsafe
    func kernel(_ parameters: UnsafePointer<Float>) -> training_layer {
        unsafe training_layer(weights: parameters + weights, inputs: inputs, outputs: outputs, stride: stride)
    }
}
