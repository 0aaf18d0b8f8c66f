internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Consecutive ``Linear`` layers with a ReLU between them.
@safe
final class LinearStack: @unchecked Sendable {
    // An array cannot hold values that own memory, so each sits in an object.
    final class Node: Sendable {
        let layer: Linear
        init(_ layer: consuming Linear) { self.layer = layer }
    }

    let nodes: [Node]
    /// The layers as the kernels see them; they point into `nodes`.
    let kernels: FlatBuffer<kernel_layer>
    /// The widest padded output.
    let widest: Int

    /// Packs the layers with these names; without `lastHasBias` the last one has a bias of zero.
    init(_ tensors: TensorTable, names: [String], lastHasBias: Bool = true) {
        nodes = names.map { Node(Linear(tensors, $0, withBias: lastHasBias || $0 != names.last)) }
        unsafe kernels = FlatBuffer(nodes.map { unsafe $0.layer.kernel })
        widest = nodes.map { $0.layer.paddedOutputs }.max() ?? 0
    }

    /// The names of the layers of a stack of `depth` hidden layers: `prefix.0`, `prefix.2` and so on.
    static func names(_ prefix: String, _ shape: LayerShape) -> [String] {
        (0...shape.depth).map { "\(prefix).\(2 * $0)" }
    }

    /// Applies all layers, with a ReLU after each but the last, and after the last too if `endsInReLU`.
    ///
    /// - Returns: the one of the two scratch buffers, each at least ``widest``, that holds the output.
    func apply(
        _ input: UnsafePointer<Float>,
        endsInReLU: Bool = false,
        _ scratch: borrowing FlatBuffer<Float>
    ) -> UnsafeMutablePointer<Float> {
        var source = unsafe input
        var target = unsafe scratch.base
        var other = unsafe scratch.base + widest
        for index in nodes.indices {
            let hasReLU = endsInReLU || index < nodes.count - 1
            unsafe kernel_dense(kernels.base + index, source, target, hasReLU ? 1 : 0)
            unsafe source = UnsafePointer(target)
            unsafe swap(&target, &other)
        }
        return unsafe other
    }

    /// The scratch that ``apply(_:endsInReLU:_:)`` wants.
    func makeScratch() -> FlatBuffer<Float> { FlatBuffer(repeating: 0, count: 2 * widest) }

    /// The largest magnitude of each output for inputs of at most these magnitudes.
    ///
    /// - Parameter largest: raised to the largest magnitude that a value between the layers can have.
    func outputBounds(_ bounds: [Double], largest: inout Double) -> [Double] {
        var bounds = bounds
        for node in nodes {
            bounds = node.layer.outputBounds(bounds)
            largest = max(largest, bounds.max() ?? 0)
        }
        return bounds
    }
}
