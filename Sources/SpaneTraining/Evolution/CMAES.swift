internal import SpaneSystem
package import SpaneScheduling

/// Covariance matrix adaptation evolution strategy (Hansen and Ostermeier, 2001; Hansen, 2016) with mirrored samples.
///
/// Points come in pairs mean ± step. Steps that are mirrored partly cancel in the mean of the selected points, so the paths
/// are normed by the variance that this leaves, and not by the one of independent points.
package struct CMAES {
    package typealias Covariance = EvolutionConfiguration.Covariance

    package let dimensions: Int
    package let population: Int
    package let covariance: Covariance
    package private(set) var mean: [Double]
    package private(set) var sigma: Double
    package private(set) var generation = 0

    private let rates: Rates
    private var pathOfSigma: [Double]
    private var pathOfCovariance: [Double]
    // Row-major, or the diagonal alone.
    private var matrix: [Double]
    private var eigen: SymmetricEigenvectors
    private var roots: [Double]
    // Of the points asked for: standard normal steps of the first of each pair.
    private var normals: [[Double]] = []

    /// - Parameters:
    ///   - population: even, at least 4.
    ///   - sigma: the standard deviation of the first steps, above 0.
    package init(mean: [Double], sigma: Double, population: Int, covariance: Covariance) {
        precondition(population >= 4 && population.isMultiple(of: 2), "the population is \(population)")
        dimensions = mean.count
        self.population = population
        self.covariance = covariance
        self.mean = mean
        self.sigma = sigma
        rates = Rates(dimensions: dimensions, population: population, covariance: covariance)
        pathOfSigma = Array(repeating: 0, count: dimensions)
        pathOfCovariance = pathOfSigma
        let isFull = covariance == .full
        matrix = Array(repeating: isFull ? 0 : 1, count: isFull ? dimensions * dimensions : dimensions)
        if isFull { for index in 0..<dimensions { matrix[index * dimensions + index] = 1 } }
        eigen = SymmetricEigenvectors(size: isFull ? dimensions : 0)
        roots = Array(repeating: 1, count: dimensions)
    }

    /// The points of the next generation; number 2i + 1 is the mirror image of number 2i.
    package mutating func ask(_ generator: inout Xoshiro256StarStar) -> [[Double]] {
        normals = (0..<population / 2).map { _ in (0..<dimensions).map { _ in generator.normal() } }
        var points: [[Double]] = []
        for normal in normals {
            let step = scaled(normal)
            points.append(zip(mean, step).map { $0 + sigma * $1 })
            points.append(zip(mean, step).map { $0 - sigma * $1 })
        }
        return points
    }

    /// Learns from the values of the points asked for; low is good. Equal values rank by number.
    package mutating func tell(_ values: [Double]) {
        precondition(values.count == population, "\(values.count) values for \(population) points")
        let ranking = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        // The selected steps, in units of sigma, before and after the covariance.
        var normalStep = Array(repeating: 0.0, count: dimensions)
        for (rank, weight) in rates.weights.enumerated() {
            let (pair, side) = ranking[rank].quotientAndRemainder(dividingBy: 2)
            let factor = side == 0 ? weight : -weight
            for index in 0..<dimensions { normalStep[index] += factor * normals[pair][index] }
        }
        let step = scaled(normalStep)
        for index in 0..<dimensions { mean[index] += sigma * step[index] }
        generation += 1

        // The step that an isotropic distribution would have taken.
        let isotropic = rotatedOnly(normalStep)
        let rate = rates.sigma
        let norm = (rate * (2 - rate) / rates.stepVariance).squareRoot()
        for index in 0..<dimensions { pathOfSigma[index] = (1 - rate) * pathOfSigma[index] + norm * isotropic[index] }
        let length = pathOfSigma.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let settled = (1 - pow(1 - rate, Double(2 * generation))).squareRoot()
        let isShort = length / settled < (1.4 + 2 / Double(dimensions + 1)) * rates.expectedLength
        let pathNorm = isShort ? (rates.path * (2 - rates.path) / rates.stepVariance).squareRoot() : 0
        for index in 0..<dimensions {
            pathOfCovariance[index] = (1 - rates.path) * pathOfCovariance[index] + pathNorm * step[index]
        }
        adaptCovariance(ranking, lost: isShort ? 0 : rates.rankOne * rates.path * (2 - rates.path))
        sigma *= exp(min(1, rate / rates.damping * (length / rates.expectedLength - 1)))
    }

    private mutating func adaptCovariance(_ ranking: [Int], lost: Double) {
        let keep = 1 - rates.rankOne - rates.rankMu + lost
        var steps: [(weight: Double, step: [Double])] = [(rates.rankOne, pathOfCovariance)]
        for (rank, weight) in rates.weights.enumerated() {
            steps.append((rates.rankMu * weight, scaled(normals[ranking[rank] / 2])))
        }
        switch covariance {
        case .diagonal:
            for index in 0..<dimensions {
                matrix[index] *= keep
                for (weight, step) in steps { matrix[index] += weight * step[index] * step[index] }
                roots[index] = matrix[index].squareRoot()
            }
        case .full:
            for row in 0..<dimensions {
                let line = row * dimensions
                for column in 0...row { matrix[line + column] *= keep }
                for (weight, step) in steps {
                    let factor = weight * step[row]
                    for column in 0...row { matrix[line + column] += factor * step[column] }
                }
                for column in 0..<row { matrix[column * dimensions + row] = matrix[line + column] }
            }
            guard generation.isMultiple(of: rates.decompositionInterval) else { return }
            eigen.update(matrix)
            // A variance that rounding made negative counts as none at all.
            roots = eigen.values.map { max($0, 0).squareRoot() }
        }
    }

    /// The step that standard normal numbers make of the covariance.
    private func scaled(_ normal: [Double]) -> [Double] {
        let stretched = zip(normal, roots).map { $0 * $1 }
        return rotatedOnly(stretched)
    }

    private func rotatedOnly(_ vector: [Double]) -> [Double] {
        guard covariance == .full else { return vector }
        return (0..<dimensions).map { row in
            var sum = 0.0
            for column in 0..<dimensions { sum += eigen.vectors[row * dimensions + column] * vector[column] }
            return sum
        }
    }
}

extension CMAES {
    /// Everything that the constructor does not say.
    package func save(to state: inout LearnerState) {
        state.set("cmaes/mean", mean)
        state.set("cmaes/sigma", [sigma])
        state.set("cmaes/generation", [generation])
        state.set("cmaes/path_of_sigma", pathOfSigma)
        state.set("cmaes/path_of_covariance", pathOfCovariance)
        state.set("cmaes/covariance", matrix)
        state.set("cmaes/eigenvectors", eigen.vectors)
        state.set("cmaes/eigenvalues", eigen.values)
        state.set("cmaes/roots", roots)
    }

    package mutating func restore(_ state: LearnerState) throws(LearnerStateError) {
        let mean = try state.doubles("cmaes/mean", count: dimensions)
        let sigma = try state.doubles("cmaes/sigma", count: 1)
        let generation = try state.integers("cmaes/generation", count: 1)
        let pathOfSigma = try state.doubles("cmaes/path_of_sigma", count: dimensions)
        let pathOfCovariance = try state.doubles("cmaes/path_of_covariance", count: dimensions)
        let matrix = try state.doubles("cmaes/covariance", count: matrix.count)
        let vectors = try state.doubles("cmaes/eigenvectors", count: eigen.vectors.count)
        let values = try state.doubles("cmaes/eigenvalues", count: eigen.values.count)
        let roots = try state.doubles("cmaes/roots", count: dimensions)
        self.mean = mean
        self.sigma = sigma[0]
        self.generation = generation[0]
        self.pathOfSigma = pathOfSigma
        self.pathOfCovariance = pathOfCovariance
        self.matrix = matrix
        eigen = SymmetricEigenvectors(size: eigen.size, vectors: vectors, values: values)
        self.roots = roots
    }
}
