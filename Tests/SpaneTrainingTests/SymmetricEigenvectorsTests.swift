import SpaneScheduling
import SpaneTraining
import Testing

@Suite struct SymmetricEigenvectorsTests {
    @Test(arguments: [1, 2, 3, 10, 40])
    func decomposes(size: Int) {
        var generator = Xoshiro256StarStar(seed: UInt64(size))
        var eigen = SymmetricEigenvectors(size: size)
        var matrix = Array(repeating: 0.0, count: size * size)
        // The second matrix is near the first one, the third far from both.
        for change in [1.0, 0.01, 5] {
            for row in 0..<size {
                for column in 0...row {
                    matrix[row * size + column] += change * (2 * generator.uniform() - 1)
                    matrix[column * size + row] = matrix[row * size + column]
                }
            }
            eigen.update(matrix)
            for column in 0..<size {
                for row in 0..<size {
                    var image = 0.0
                    var product = 0.0
                    for index in 0..<size {
                        image += matrix[row * size + index] * eigen.vectors[index * size + column]
                        product += eigen.vectors[index * size + row] * eigen.vectors[index * size + column]
                    }
                    #expect(abs(image - eigen.values[column] * eigen.vectors[row * size + column]) < 1e-9)
                    #expect(abs(product - (row == column ? 1 : 0)) < 1e-9)
                }
            }
        }
    }
}
