/// One parameter tensor: a weight of (outputs, inputs) values in row-major order, or a bias of (outputs).
public struct Tensor: Equatable, Sendable {
    /// Its name and dimensions.
    public let shape: TensorShape
    /// Its values in row-major order.
    public let values: [Float]

    /// Creates a tensor; there must be as many values as the shape has.
    public init(shape: TensorShape, values: [Float]) {
        precondition(values.count == shape.count, "\(shape.name) has \(values.count) values, its shape \(shape.count)")
        self.shape = shape
        self.values = values
    }
}
