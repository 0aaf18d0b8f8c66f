package import SpaneScheduling

// Columns of results with one value per episode.

extension HDF5Writer {
    package func dataset(_ name: String, _ amounts: [Double], unit: String) throws(StorageError) {
        try dataset(name, amounts, .compressed)
        try attribute("unit", unit, of: name)
    }

    package func dataset(_ name: String, counts: [Int]) throws(StorageError) {
        try dataset(name, counts.map(Int64.init), .compressed)
    }

    /// The moves of each episode, in datasets whose names begin so.
    package func datasets(_ prefix: String, moved: [MoveCount]) throws(StorageError) {
        try dataset("\(prefix)moves", counts: moved.map(\.moves))
        try dataset("\(prefix)moved", moved.map(\.mem), unit: "GB")
        try dataset("\(prefix)moved_local", moved.map(\.localMem), unit: "GB")
    }
}

extension HDF5Reader {
    /// Numbers that are at least 0.
    ///
    /// - Parameter what: what messages call one of them.
    package func amounts(_ name: String, count: Int, _ what: String) throws(StorageError) -> [Double] {
        let values = try doubles(name) { dimensions throws(StorageError) in try checkShape(dimensions, count, name) }
            .values
        if let value = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw error(.format, "dataset /\(name) has the value \(value); \(what) is at least 0")
        }
        return values
    }

    /// Whole numbers that are at least 0.
    ///
    /// - Parameter what: what messages call one of them.
    package func counts(_ name: String, count: Int, _ what: String) throws(StorageError) -> [Int] {
        let values = try integers(name) { dimensions throws(StorageError) in try checkShape(dimensions, count, name) }
            .values
        if let value = values.first(where: { $0 < 0 }) {
            throw error(.format, "dataset /\(name) has the value \(value); \(what) is at least 0")
        }
        // So that sums are no more than a number can be.
        if let value = values.first(where: { $0 > 1 << 40 }) {
            throw error(.format, "dataset /\(name) has the value \(value); \(what) is at most \(1 << 40)")
        }
        return values.map { Int($0) }
    }

    /// What ``HDF5Writer/datasets(_:moved:)`` wrote.
    package func moved(_ prefix: String, count: Int) throws(StorageError) -> [MoveCount] {
        let moves = try counts("\(prefix)moves", count: count, "a number of moves")
        let mem = try amounts("\(prefix)moved", count: count, "what is moved")
        let localMem = try amounts("\(prefix)moved_local", count: count, "what is moved")
        return moves.indices.map { index in
            var moved = MoveCount()
            (moved.moves, moved.mem, moved.localMem) = (moves[index], mem[index], localMem[index])
            return moved
        }
    }

    private func checkShape(_ dimensions: [Int], _ count: Int, _ name: String) throws(StorageError) {
        guard dimensions == [count] else {
            throw error(.shapeMismatch, "dataset /\(name) has shape \(dimensions); it must be [\(count)]")
        }
    }
}
