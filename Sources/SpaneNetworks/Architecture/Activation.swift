/// What follows each hidden layer of a ``PotentialArchitecture``.
public enum Activation: String, CaseIterable, Equatable, Sendable {
    /// max(0, x)
    case relu
    /// x / (1 + |x|)
    case softsign
    /// The hyperbolic tangent, within 10⁻⁶.
    case tanh
}
