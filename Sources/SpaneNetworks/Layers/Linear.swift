internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// One linear layer y = Wx + b, packed for the kernels.
///
/// Weights are input-major and padded with zeros to a multiple of the vector width, so the kernel runs over outputs
/// with no remainder. A layer may hold only some columns of W: the advantage layer is kept in two parts.
struct Linear: ~Copyable, Sendable {
    let inputs: Int
    /// Outputs without padding.
    let outputs: Int
    // [input][padded output]
    private let weights: FlatBuffer<Float>
    private let bias: FlatBuffer<Float>

    /// Packs the layer called `name`, or `columns` of it; the part without the bias has a bias of zero.
    init(_ tensors: TensorTable, _ name: String, columns: Range<Int>? = nil, withBias: Bool = true) {
        let weight = tensors[name + ".weight"]
        outputs = weight.shape.dimensions[0]
        let allInputs = weight.shape.dimensions[1]
        let columns = columns ?? 0..<allInputs
        inputs = columns.count
        let padded = Self.padded(outputs)
        weights = FlatBuffer(repeating: 0, count: inputs * padded)
        bias = FlatBuffer(repeating: 0, count: padded)
        for output in 0..<outputs {
            for (input, column) in columns.enumerated() {
                weights[input * padded + output] = weight.values[output * allInputs + column]
            }
        }
        guard withBias else { return }
        for (output, value) in tensors[name + ".bias"].values.enumerated() { bias[output] = value }
    }

    static func padded(_ width: Int) -> Int { (width + Int(KERNEL_PAD) - 1) / Int(KERNEL_PAD) * Int(KERNEL_PAD) }

    var paddedOutputs: Int { bias.count }

    /// The weight between an input and an output.
    func weight(input: Int, output: Int) -> Float { weights[input * paddedOutputs + output] }

    /// The layer as the kernels see it; it points into this value and must not outlive it.
    var kernel: kernel_layer {
        unsafe kernel_layer(
            weights: weights.base,
            bias: bias.base,
            inputs: inputs,
            outputs: outputs,
            stride: paddedOutputs
        )
    }

    /// Writes Wx + b.
    ///
    /// - Parameters:
    ///   - input: at least ``inputs`` values.
    ///   - output: at least ``paddedOutputs`` values, apart from `input`.
    func apply(_ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>) {
        var kernel = unsafe self.kernel
        unsafe kernel_dense(&kernel, input, output, 0)
    }

    /// The largest magnitude that each output can have when input i is at most `bounds[i]` in magnitude.
    func outputBounds(_ bounds: [Double]) -> [Double] {
        (0..<outputs).map { output in
            var bound = Double(bias[output].magnitude)
            for input in 0..<inputs {
                bound += Double(weight(input: input, output: output).magnitude) * bounds[input]
            }
            return bound
        }
    }
}
