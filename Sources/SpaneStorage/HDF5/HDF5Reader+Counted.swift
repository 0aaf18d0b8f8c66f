internal import SpaneScheduling

// One-dimensional datasets whose length the rest of the file tells.

extension HDF5Reader {
    func doubles(_ name: String, count: Int, _ progress: Progress = .none) throws(StorageError) -> [Double] {
        try doubles(name, progress: progress) { dimensions throws(StorageError) in try check(name, dimensions, count) }
            .values
    }

    func integers(_ name: String, count: Int, _ progress: Progress = .none) throws(StorageError) -> [Int64] {
        try integers(name, progress: progress) { dimensions throws(StorageError) in try check(name, dimensions, count) }
            .values
    }

    /// - Parameter range: what each of them must be in.
    func integers(_ name: String, count: Int, in range: ClosedRange<Int64>) throws(StorageError) -> [Int64] {
        let values = try integers(name, count: count)
        try check(name, values, range)
        return values
    }

    /// Refuses a dataset with a value outside a range.
    func check(_ name: String, _ values: [Int64], _ range: ClosedRange<Int64>) throws(StorageError) {
        guard let index = values.firstIndex(where: { !range.contains($0) }) else { return }
        throw error(
            .format,
            "dataset /\(name) has the value \(values[index]) at index \(index); it must be in "
                + "\(range.lowerBound) ... \(range.upperBound)"
        )
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
