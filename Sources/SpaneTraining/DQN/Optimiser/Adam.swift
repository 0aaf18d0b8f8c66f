internal import CSpaneKernels
internal import SpaneSystem
internal import SpaneBuffers

/// Adam (Kingma and Ba, 2015) with the semantics and constants of PyTorch's, weight decay added to the gradient.
@safe
final class Adam {
    let firstMoment: FlatBuffer<Float>
    let secondMoment: FlatBuffer<Float>
    /// The steps done.
    var steps = 0
    private let weightDecay: Double

    /// The decay of the mean of the gradient.
    static let beta1 = 0.9
    /// The decay of the mean of its square.
    static let beta2 = 0.999
    /// What keeps the divisor above zero.
    static let epsilon = 1e-8

    init(count: Int, weightDecay: Double) {
        firstMoment = FlatBuffer(repeating: 0, count: count)
        secondMoment = FlatBuffer(repeating: 0, count: count)
        self.weightDecay = weightDecay
    }

    /// Moves the parameters against their gradient.
    func step(_ parameters: borrowing FlatBuffer<Float>, gradient: borrowing FlatBuffer<Float>, learningRate: Double) {
        steps += 1
        var rates = training_rates(
            weight_decay: Float(weightDecay),
            keep_second: Float(Self.beta2),
            change_first: Float(1 - Self.beta1),
            change_second: Float(1 - Self.beta2),
            step_size: Float(learningRate / (1 - pow(Self.beta1, Double(steps)))),
            second_scale: Float((1 - pow(Self.beta2, Double(steps))).squareRoot()),
            epsilon: Float(Self.epsilon)
        )
        unsafe training_adam(
            &rates,
            gradient.base,
            parameters.base,
            firstMoment.base,
            secondMoment.base,
            parameters.count
        )
    }
}
