// One-dimensional datasets whose length the rest of the file tells.

extension HDF5Reader {
    func doubles(_ name: String, count: Int) throws(StorageError) -> [Double] {
        let numbers = try doubles(name)
        try check(name, numbers.dimensions, count)
        return numbers.values
    }

    func integers(_ name: String, count: Int) throws(StorageError) -> [Int64] {
        let numbers = try integers(name)
        try check(name, numbers.dimensions, count)
        return numbers.values
    }

    private func check(_ name: String, _ dimensions: [Int], _ count: Int) throws(StorageError) {
        guard dimensions == [count] else {
            throw error(
                .shapeMismatch,
                "dataset /\(name) has shape \(dimensions); the rest of the file wants [\(count)]"
            )
        }
    }
}
