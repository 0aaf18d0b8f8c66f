/// What the decisions of an episode are to be worth: the rewards that followed, discounted, and how far the value of
/// the state after them counts.
package struct EpisodeReturns: Equatable {
    /// The discounted rewards from each decision on.
    package let values: [Double]
    /// gamma to the power of n where a state follows n steps later, 0 where the episode ended before.
    package let discounts: [Double]

    /// Returns of n steps: R_t = r_t + gamma r_(t+1) + … + gamma^(n-1) r_(t+n-1), bootstrapped with the state at
    /// t + n. The last n decisions of an episode have fewer rewards before its end and no state after it.
    package static func steps(_ steps: Int, discount gamma: Double, rewards: [Double]) -> EpisodeReturns {
        var powers = [1.0]
        for _ in 0..<min(steps, rewards.count) { powers.append(powers[powers.count - 1] * gamma) }
        var values = [Double](repeating: 0, count: rewards.count)
        // Reward by reward, for all decisions at once: their sums do not wait for each other.
        for ahead in 0..<min(steps, rewards.count) {
            let power = powers[ahead]
            for start in 0..<rewards.count - ahead { values[start] += power * rewards[start + ahead] }
        }
        let discounts = rewards.indices.map { $0 + steps < rewards.count ? powers[steps] : 0 }
        return EpisodeReturns(values: values, discounts: discounts)
    }

    /// Monte Carlo returns: all rewards to the end of the episode, and no bootstrap.
    package static func monteCarlo(discount gamma: Double, rewards: [Double]) -> EpisodeReturns {
        var values = rewards
        for index in rewards.indices.dropLast().reversed() { values[index] += gamma * values[index + 1] }
        return EpisodeReturns(values: values, discounts: rewards.map { _ in 0 })
    }
}
