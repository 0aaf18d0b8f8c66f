internal import CSpaneKernels
internal import SpaneBuffers

/// Consecutive linear layers with a ReLU between them, for many columns at once.
@safe
final class ColumnStack: @unchecked Sendable {
    private struct Layer {
        let inputs: Int
        let outputs: Int
        // The first weight and the first bias.
        let weights: Int
        let bias: Int
    }

    private let layers: [Layer]
    // Of all layers, weights in row-major order, then biases.
    private let parameters: FlatBuffer<Float>
    /// The most outputs of any layer.
    let widest: Int

    /// Takes the layers with these names; of the first one only `columns` of its weight if there are any given.
    init(_ tensors: TensorTable, names: [String], columns: Range<Int>? = nil) {
        var layers: [Layer] = []
        var values: [Float] = []
        for name in names {
            let weight = tensors[name + ".weight"]
            let width = weight.shape.dimensions[1]
            let columns = layers.isEmpty ? columns ?? 0..<width : 0..<width
            let outputs = weight.shape.dimensions[0]
            let start = values.count
            for output in 0..<outputs {
                let row = output * width
                values += weight.values[row + columns.lowerBound..<row + columns.upperBound]
            }
            layers.append(Layer(inputs: columns.count, outputs: outputs, weights: start, bias: values.count))
            values += tensors[name + ".bias"].values
        }
        self.layers = layers
        parameters = FlatBuffer(values)
        widest = layers.map(\.outputs).max() ?? 0
    }

    /// Applies all layers.
    ///
    /// - Parameters:
    ///   - input: [input][column].
    ///   - stride: from one row to the next, in all matrices.
    ///   - columns: a multiple of the vector width.
    ///   - bias: used for the bias of the first layer if there is any given.
    ///   - endsInReLU: whether the last layer has a ReLU too.
    ///   - scratch: twice ``widest`` rows, apart from `input`.
    /// - Returns: the output, which lies in the scratch.
    func apply(
        _ input: UnsafePointer<Float>,
        stride: Int,
        columns: Int,
        bias: UnsafePointer<Float>? = nil,
        endsInReLU: Bool = false,
        _ scratch: borrowing FlatBuffer<Float>
    ) -> UnsafeMutablePointer<Float> {
        var source = unsafe training_matrix(values: UnsafeMutablePointer(mutating: input), stride: stride)
        var target = unsafe training_matrix(values: scratch.base, stride: stride)
        var other = unsafe training_matrix(values: scratch.base + widest * stride, stride: stride)
        for (index, layer) in layers.enumerated() {
            var kernel = unsafe training_layer(
                weights: parameters.base + layer.weights,
                inputs: layer.inputs,
                outputs: layer.outputs,
                stride: layer.inputs
            )
            let ownBias = unsafe UnsafePointer(parameters.base + layer.bias)
            let hasReLU = endsInReLU || index < layers.count - 1
            unsafe training_forward(
                &kernel,
                index == 0 ? bias ?? ownBias : ownBias,
                training_matrix(),
                source,
                target,
                columns,
                hasReLU ? 1 : 0
            )
            unsafe (source, target, other) = (target, other, target)
        }
        return unsafe source.values
    }
}
