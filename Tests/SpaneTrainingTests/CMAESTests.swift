import SpaneScheduling
import SpaneTraining
import Testing

@Suite struct CMAESTests {
    /// Minimises `function`; the smallest value of the last generation.
    private func minimise(
        dimensions: Int,
        covariance: EvolutionConfiguration.Covariance,
        generations: Int,
        seed: UInt64,
        _ function: ([Double]) -> Double
    ) -> (value: Double, strategy: CMAES) {
        var generator = Xoshiro256StarStar(seed: seed)
        var strategy = CMAES(
            mean: Array(repeating: 1, count: dimensions),
            sigma: 0.5,
            population: 16,
            covariance: covariance
        )
        var least = Double.infinity
        for _ in 0..<generations {
            let values = strategy.ask(&generator).map(function)
            strategy.tell(values)
            least = values.min() ?? least
        }
        return (least, strategy)
    }

    @Test(arguments: EvolutionConfiguration.Covariance.allCases, [1, 2, 3] as [UInt64])
    func findsTheMinimumOfASphere(covariance: EvolutionConfiguration.Covariance, seed: UInt64) {
        let result = minimise(dimensions: 10, covariance: covariance, generations: 250, seed: seed) { point in
            point.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
        }
        #expect(result.value < 1e-10)
        #expect(result.strategy.mean.allSatisfy { abs($0 - 0.3) < 1e-4 })
    }

    /// Axes a thousand times as steep as others, and none of them a coordinate: only the full covariance learns them.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func learnsCorrelations(seed: UInt64) {
        let size = 6
        func rotatedEllipsoid(_ point: [Double]) -> Double {
            var sum = 0.0
            for axis in 0..<size {
                // Orthogonal rows of a cosine transform.
                var length = 0.0
                for index in 0..<size {
                    let angle = Double.pi * (Double(index) + 0.5) * Double(axis) / Double(size)
                    length += point[index] * cosine(angle)
                }
                sum += scale(axis) * length * length
            }
            return sum
        }
        func scale(_ axis: Int) -> Double { (0..<axis).reduce(1.0) { product, _ in product * 4 } }
        let full = minimise(dimensions: size, covariance: .full, generations: 300, seed: seed, rotatedEllipsoid)
        #expect(full.value < 1e-12)
        let diagonal = minimise(dimensions: size, covariance: .diagonal, generations: 300, seed: seed, rotatedEllipsoid)
        #expect(full.value < 1e-3 * diagonal.value)
    }

    /// Without a slope the size of the steps has no reason to go anywhere: mirrored points must not make it shrink.
    @Test func stepsKeepTheirSizeWhereNothingIsBetter() {
        var ends: [Double] = []
        for seed in 1...20 as ClosedRange<UInt64> {
            var noise = Xoshiro256StarStar(seed: seed, stream: 9)
            let result = minimise(dimensions: 20, covariance: .full, generations: 100, seed: seed) { _ in
                noise.uniform()
            }
            ends.append(result.strategy.sigma)
        }
        let logarithms = ends.map { $0 / 0.5 }.sorted()
        #expect(logarithms[10] > 0.6)
        #expect(logarithms[10] < 1.6)
    }

    @Test func pointsAreMirrored() {
        var generator = Xoshiro256StarStar(seed: 5)
        var strategy = CMAES(mean: [1, -2, 3], sigma: 0.7, population: 8, covariance: .full)
        for _ in 0..<5 {
            let points = strategy.ask(&generator)
            #expect(points.count == 8)
            for pair in 0..<4 {
                for index in 0..<3 {
                    let middle = (points[2 * pair][index] + points[2 * pair + 1][index]) / 2
                    #expect(abs(middle - strategy.mean[index]) < 1e-12)
                }
            }
            strategy.tell(points.map { $0.reduce(0) { $0 + $1 * $1 } })
        }
    }

    @Test(arguments: EvolutionConfiguration.Covariance.allCases)
    func goesOnFromAKeptState(covariance: EvolutionConfiguration.Covariance) throws {
        var generator = Xoshiro256StarStar(seed: 6)
        func value(_ point: [Double]) -> Double { point.enumerated().reduce(0) { $0 + Double($1.0 + 1) * $1.1 * $1.1 } }
        var one = CMAES(mean: Array(repeating: 1, count: 7), sigma: 0.5, population: 8, covariance: covariance)
        for _ in 0..<30 { one.tell(one.ask(&generator).map(value)) }
        var state = LearnerState()
        one.save(to: &state)
        var other = CMAES(mean: Array(repeating: 0, count: 7), sigma: 1, population: 8, covariance: covariance)
        try other.restore(state)
        var copy = generator
        for _ in 0..<30 {
            let points = one.ask(&generator)
            let same = other.ask(&copy)
            #expect(points == same)
            one.tell(points.map(value))
            other.tell(same.map(value))
        }
        #expect(one.mean == other.mean)
    }

    @Test func aStateOfAnotherSizeIsRefused() throws {
        var state = LearnerState()
        CMAES(mean: [0, 0], sigma: 1, population: 4, covariance: .full).save(to: &state)
        var other = CMAES(mean: [0, 0, 0], sigma: 1, population: 4, covariance: .full)
        #expect(throws: LearnerStateError("cmaes/mean has 2 values; 3 are needed")) { try other.restore(state) }
        #expect(other.mean == [0, 0, 0])
    }

    private func cosine(_ angle: Double) -> Double {
        // A Taylor series is exact enough here: any orthogonal-looking directions would do.
        var term = 1.0
        var sum = 1.0
        for index in 1..<20 {
            term *= -angle * angle / Double((2 * index - 1) * 2 * index)
            sum += term
        }
        return sum
    }
}
