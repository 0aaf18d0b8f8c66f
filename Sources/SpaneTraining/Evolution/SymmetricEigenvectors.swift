/// The eigenvectors and eigenvalues of a symmetric matrix by cyclic Jacobi rotations, kept up to date as the matrix drifts.
///
/// Each time the matrix is first turned into the last known eigenvectors, where a matrix that changed little is nearly
/// diagonal, so that a few sweeps are enough.
package struct SymmetricEigenvectors {
    package let size: Int
    /// Row-major; column j is eigenvector j.
    package private(set) var vectors: [Double]
    package private(set) var values: [Double]

    private static let sweeps = 30

    package init(size: Int) {
        self.size = size
        vectors = Array(repeating: 0, count: size * size)
        for index in 0..<size { vectors[index * size + index] = 1 }
        values = Array(repeating: 1, count: size)
    }

    /// Takes over vectors that were kept.
    init(size: Int, vectors: [Double], values: [Double]) {
        self.size = size
        self.vectors = vectors
        self.values = values
    }

    /// Decomposes a symmetric matrix, given row-major.
    ///
    /// - Complexity: O(size³) for each sweep.
    package mutating func update(_ matrix: [Double]) {
        var turned = multiply(transposed(vectors), multiply(matrix, vectors))
        for _ in 0..<Self.sweeps {
            var off = 0.0
            var diagonal = 0.0
            for row in 0..<size {
                diagonal += turned[row * size + row] * turned[row * size + row]
                for column in 0..<row { off += turned[row * size + column] * turned[row * size + column] }
            }
            guard off > 1e-24 * diagonal else { break }
            for row in 1..<max(size, 1) {
                for column in 0..<row { rotate(&turned, column, row) }
            }
        }
        for index in 0..<size { values[index] = turned[index * size + index] }
    }

    /// Makes the element (p, q) zero.
    private mutating func rotate(_ matrix: inout [Double], _ p: Int, _ q: Int) {
        let value = matrix[p * size + q]
        guard value != 0 else { return }
        let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * value)
        let tangent = (theta >= 0 ? 1 : -1) / (theta.magnitude + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for index in 0..<size {
            let (left, right) = (matrix[index * size + p], matrix[index * size + q])
            matrix[index * size + p] = cosine * left - sine * right
            matrix[index * size + q] = sine * left + cosine * right
        }
        for index in 0..<size {
            let (above, below) = (matrix[p * size + index], matrix[q * size + index])
            matrix[p * size + index] = cosine * above - sine * below
            matrix[q * size + index] = sine * above + cosine * below
        }
        for index in 0..<size {
            let (left, right) = (vectors[index * size + p], vectors[index * size + q])
            vectors[index * size + p] = cosine * left - sine * right
            vectors[index * size + q] = sine * left + cosine * right
        }
    }

    private func transposed(_ matrix: [Double]) -> [Double] {
        var result = matrix
        for row in 0..<size {
            for column in 0..<size { result[column * size + row] = matrix[row * size + column] }
        }
        return result
    }

    private func multiply(_ left: [Double], _ right: [Double]) -> [Double] {
        var result = Array(repeating: 0.0, count: size * size)
        for row in 0..<size {
            for inner in 0..<size {
                let factor = left[row * size + inner]
                for column in 0..<size { result[row * size + column] += factor * right[inner * size + column] }
            }
        }
        return result
    }
}
