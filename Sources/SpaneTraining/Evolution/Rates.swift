internal import SpaneSystem

extension CMAES {
    /// The customary weights and learning rates (Hansen, 2016, table 1, without negative weights).
    struct Rates {
        /// Of the better half of the points, best first; their sum is 1.
        let weights: [Double]
        /// The variance of a coordinate of the mean of the selected standard normal steps when selection is random.
        let stepVariance: Double
        let sigma: Double
        let damping: Double
        let path: Double
        let rankOne: Double
        let rankMu: Double
        /// The mean length of a standard normal vector.
        let expectedLength: Double
        /// Generations between two decompositions, so that they take little of the time.
        let decompositionInterval: Int

        init(dimensions: Int, population: Int, covariance: Covariance) {
            let n = Double(dimensions)
            let raw = (1...population / 2).map { log((Double(population) + 1) / 2) - log(Double($0)) }
            let sum = raw.reduce(0, +)
            weights = raw.map { $0 / sum }
            let squares = weights.reduce(0) { $0 + $1 * $1 }
            let selected = 1 / squares
            // Two of the same pair are both selected now and then, and then their steps cancel.
            stepVariance = squares - (1 - squares) / Double(population - 1)
            sigma = (selected + 2) / (n + selected + 5)
            damping = 1 + 2 * max(0, ((selected - 1) / (n + 1)).squareRoot() - 1) + sigma
            path = (4 + selected / n) / (n + 4 + 2 * selected / n)
            // A diagonal has fewer numbers to learn, so it may learn them faster.
            let faster = covariance == .diagonal ? (n + 2) / 3 : 1
            let one = 2 / ((n + 1.3) * (n + 1.3) + selected)
            rankOne = min(0.5, faster * one)
            let mu = 2 * (0.25 + selected + squares - 2) / ((n + 2) * (n + 2) + selected)
            rankMu = min(1 - rankOne, min(0.5, faster * mu))
            expectedLength = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
            decompositionInterval = max(1, Int(1 / (10 * n * (rankOne + rankMu))))
        }
    }
}
