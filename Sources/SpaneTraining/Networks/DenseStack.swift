internal import CSpaneKernels
internal import SpaneBuffers

/// Consecutive linear layers with a ReLU between them, applied to many columns at once, and their gradients.
///
/// The outputs of all layers are kept for the way back.
@safe
final class DenseStack {
    private let layers: [DenseLayer]
    private let endsInReLU: Bool
    // Row numbers of the outputs of each layer in the two matrices.
    private let rows: [Int]
    private let values: FlatBuffer<Float>
    private let gradients: FlatBuffer<Float>
    private var columns = 0
    private var stride = 0

    /// - Parameter columns: the most columns.
    init(_ layers: [DenseLayer], columns: Int, endsInReLU: Bool = false) {
        self.layers = layers
        self.endsInReLU = endsInReLU
        var rows: [Int] = []
        var count = 0
        for layer in layers {
            rows.append(count)
            count += layer.outputs
        }
        self.rows = rows
        values = FlatBuffer(repeating: 0, count: count * RaggedLayout.rowStride(columns))
        gradients = FlatBuffer(repeating: 0, count: count * RaggedLayout.rowStride(columns))
    }

    /// The output of the last layer.
    @unsafe
    var output: training_matrix { unsafe matrix(values, layers.count - 1) }

    /// The gradient of ``output``, to be written before ``backward(_:into:input:)``.
    @unsafe
    var outputGradient: training_matrix { unsafe matrix(gradients, layers.count - 1) }

    @unsafe
    private func matrix(_ buffer: borrowing FlatBuffer<Float>, _ layer: Int) -> training_matrix {
        unsafe training_matrix(values: buffer.base + rows[layer] * stride, stride: stride)
    }

    /// Computes ``output``.
    @unsafe
    func forward(_ parameters: UnsafePointer<Float>, input: training_matrix, columns: Int) {
        self.columns = columns
        stride = RaggedLayout.rowStride(columns)
        for index in layers.indices {
            var layer = unsafe layers[index].kernel(parameters)
            let hasReLU = endsInReLU || index < layers.count - 1
            unsafe training_forward(
                &layer,
                parameters + layers[index].bias,
                training_matrix(),
                index == 0 ? input : matrix(values, index - 1),
                matrix(values, index),
                columns,
                hasReLU ? 1 : 0
            )
        }
    }

    /// Adds the gradients of the parameters to their partial sums.
    ///
    /// - Parameters:
    ///   - input: what ``forward(_:input:columns:)`` was given.
    ///   - inputGradient: what to do with the gradient of the input; `nil` when nobody wants it.
    @unsafe
    func backward(
        _ parameters: UnsafePointer<Float>,
        into partials: UnsafeMutablePointer<Float>,
        input: training_matrix,
        inputGradient: InputGradient? = nil
    ) {
        for index in layers.indices.reversed() {
            let layer = layers[index]
            let gradient = unsafe matrix(gradients, index)
            var kernel = unsafe layer.kernel(parameters)
            unsafe training_gradient(
                &kernel,
                index == 0 ? input : matrix(values, index - 1),
                gradient,
                columns,
                partials + layer.weights * RaggedLayout.lanes,
                partials + layer.bias * RaggedLayout.lanes
            )
            if index > 0 {
                let target = unsafe matrix(gradients, index - 1)
                unsafe training_backward(
                    &kernel,
                    gradient,
                    training_matrix(),
                    matrix(values, index - 1),
                    target,
                    columns
                )
            } else if let want = unsafe inputGradient {
                unsafe kernel.inputs = want.rows
                unsafe training_backward(&kernel, gradient, want.added, want.gate, want.target, columns)
            }
        }
    }
}

/// Where the gradient of a layer's input goes.
@unsafe
struct InputGradient {
    /// Receives it.
    var target: training_matrix
    /// How many inputs are wanted, from the first.
    var rows: Int
    /// What the input is, when it is the output of a ReLU.
    var gate = unsafe training_matrix()
    /// What is added to the gradient.
    var added = unsafe training_matrix()
}
