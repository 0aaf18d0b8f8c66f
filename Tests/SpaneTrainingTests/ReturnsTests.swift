import SpaneTraining
import Testing

@Suite struct ReturnsTests {
    @Test func stepsShortenAtTheEnd() {
        let returns = EpisodeReturns.steps(3, discount: 0.5, rewards: [-1, -2, -4, -8, -16])
        #expect(returns.values == [-3, -6, -12, -16, -16])
        #expect(returns.discounts == [0.125, 0.125, 0, 0, 0])
    }

    @Test func moreStepsThanTheEpisodeHas() {
        let returns = EpisodeReturns.steps(50, discount: 1, rewards: [1, 2, 3])
        #expect(returns.values == [6, 5, 3])
        #expect(returns.discounts == [0, 0, 0])
    }

    @Test func monteCarloTakesAllRewards() {
        let returns = EpisodeReturns.monteCarlo(discount: 0.5, rewards: [1, 2, 4, 8])
        #expect(returns.values == [4, 6, 8, 8])
        #expect(returns.discounts == [0, 0, 0, 0])
        #expect(EpisodeReturns.monteCarlo(discount: 1, rewards: [-3]).values == [-3])
    }
}
