internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The function f of a ``PotentialArchitecture`` over many columns at once, and what its columns share.
@safe
final class PotentialFunction {
    let normalisation: Normalisation
    /// The columns that there is room for, a multiple of the kernel's.
    let columns: Int
    /// [input][column]: xₙ and yₙ, then the context, which ``apply(_:_:_:)`` writes.
    let inputs: FlatBuffer<Float>
    /// [column]
    let outputs: FlatBuffer<Float>

    private let context: PotentialArchitecture.Context
    private let scratch: FlatBuffer<Float>
    // One element, so that the kernels have an address; it points into `layers` and `scratch`.
    private let stack: FlatBuffer<kernel_stack>
    private let layers: PotentialLayers

    /// - Parameter columns: how many to make room for at least.
    init(_ layers: PotentialLayers, _ normalisation: Normalisation, columns: Int) {
        self.layers = layers
        self.normalisation = normalisation
        self.columns = Self.padded(columns)
        context = layers.architecture.context
        inputs = FlatBuffer(repeating: 0, count: layers.architecture.inputs * self.columns)
        outputs = FlatBuffer(repeating: 0, count: self.columns)
        let widest = layers.stack.widest
        scratch = FlatBuffer(repeating: 0, count: 2 * Int(KERNEL_COLUMNS) * widest)
        unsafe stack = FlatBuffer([
            kernel_stack(
                layers: layers.stack.kernels.base,
                layer_count: layers.stack.kernels.count,
                activation: layers.architecture.activation.kernel,
                scratch: scratch.base,
                widest: widest
            )
        ])
    }

    private static func padded(_ columns: Int) -> Int {
        (columns + Int(KERNEL_COLUMNS) - 1) / Int(KERNEL_COLUMNS) * Int(KERNEL_COLUMNS)
    }

    /// Computes the outputs of the first `used` columns.
    func apply(_ used: Int, _ request: Request, _ level: MeanFreeCapacity) {
        let padded = Self.padded(used)
        writeContext(request, level, columns: padded)
        unsafe kernel_columns(stack.base, inputs.base, columns, padded, outputs.base)
    }

    /// Writes the inputs that all columns share.
    private func writeContext(_ request: Request, _ level: MeanFreeCapacity, columns used: Int) {
        guard context != .none else { return }
        var row = SpaneArchitecture.serverInputs
        func write(_ value: Float) {
            for column in row * columns..<row * columns + used { inputs[column] = value }
            row += 1
        }
        write(Float(request.cpu) / normalisation.cpu)
        write(Float(request.mem) / normalisation.mem)
        write(request.isSplit ? 1 : 0)
        guard context == .cluster else { return }
        write(Float(level.cpu) / Float(MeanFreeCapacity.steps))
        write(Float(level.mem) / Float(MeanFreeCapacity.steps))
    }
}
