package import SpaneNetworks

/// The losses of double Q-learning straight from their definition in double precision.
package struct DoubleLearner {
    /// A remembered decision.
    package struct Decision {
        package var state: DoubleNetwork.State
        /// The number of the action taken among those that the network scores.
        package var action: Int
        /// The discounted rewards up to the later state, or to the end.
        package var reward: Double
        /// The state that follows, and what its value is multiplied by.
        package var later: (state: DoubleNetwork.State, discount: Double)?

        package init(
            state: DoubleNetwork.State,
            action: Int,
            reward: Double,
            later: (state: DoubleNetwork.State, discount: Double)?
        ) {
            self.state = state
            self.action = action
            self.reward = reward
            self.later = later
        }
    }

    private let network: DoubleNetwork
    package var parameters: [Double]
    package var targetParameters: [Double]
    package var isMasked = false
    package var huberDelta: Double?

    package init(_ model: Model) {
        network = DoubleNetwork(model.architecture)
        parameters = DoubleNetwork.parameters(of: model)
        targetParameters = parameters
    }

    /// The mean loss of a batch and its gradient.
    package func loss(
        _ batch: [Decision],
        differentiating: Bool = true
    ) -> (loss: Double, gradient: [Double]) {
        let targets = batch.map(target)
        return loss(batch, targets: targets, differentiating: differentiating)
    }

    /// What Q of the action taken should be.
    package func target(_ decision: Decision) -> Double {
        guard let later = decision.later else { return decision.reward }
        let online = Tape(parameters, isRecording: false)
        let scores = online[network.scores(online, later.state)]
        var best: Int?
        for action in scores.indices where !isMasked || network.isAvailable(number: action, in: later.state) {
            if let other = best, scores[other] >= scores[action] { continue }
            best = action
        }
        let frozen = Tape(targetParameters, isRecording: false)
        let values = frozen[network.scores(frozen, later.state)]
        return decision.reward + later.discount * values[best ?? 0]
    }

    /// The mean loss of a batch with these targets, and its gradient.
    package func loss(
        _ batch: [Decision],
        targets: [Double],
        differentiating: Bool
    ) -> (loss: Double, gradient: [Double]) {
        let tape = Tape(parameters, isRecording: differentiating)
        var sum = 0.0
        for (decision, target) in zip(batch, targets) {
            tape.removeAll()
            let scores = network.scores(tape, decision.state)
            let difference = tape[scores][decision.action] - target
            var slope = 2 * difference
            if let huberDelta, abs(difference) > huberDelta {
                sum += huberDelta * (abs(difference) - huberDelta / 2)
                slope = difference < 0 ? -huberDelta : huberDelta
            } else if huberDelta != nil {
                sum += difference * difference / 2
                slope = difference
            } else {
                sum += difference * difference
            }
            guard differentiating else { continue }
            tape.differentiate(scores, component: decision.action, slope: slope / Double(batch.count))
        }
        return (sum / Double(batch.count), tape.parameterGradient)
    }
}
