// One-dimensional datasets whose length the rest of the file tells.

extension HDF5Reader {
    func doubles(_ name: String, count: Int) throws(StorageError) -> [Double] {
        try doubles(name) { dimensions throws(StorageError) in try check(name, dimensions, count) }.values
    }

    func integers(_ name: String, count: Int) throws(StorageError) -> [Int64] {
        try integers(name) { dimensions throws(StorageError) in try check(name, dimensions, count) }.values
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
