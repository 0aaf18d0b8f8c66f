internal import SpaneEvaluation

/// What one of several machines made.
protocol Sharded {
    /// The file or folder.
    var path: String { get }
    /// `nil` where it is no shard.
    var shard: Shard? { get }
    /// In what it belongs to something else than another one does, a line each.
    func differences(from other: Self) -> [String]
}

/// All shards of one thing.
enum ShardSet {
    /// The parts in the order of their shards, whatever order they are given in.
    ///
    /// - Throws: ``ExperimentError`` naming a part that belongs to something else, that is given twice, or the shards that are
    ///   missing.
    static func ordered<Part: Sharded>(_ parts: [Part]) throws -> [Part] {
        guard let first = parts.first, let count = first.shard?.count else {
            throw ExperimentError("there are no parts")
        }
        var places: [Int: Part] = [:]
        for part in parts {
            guard let shard = part.shard else { throw ExperimentError("\(part.path): is no shard") }
            guard shard.count == count else {
                throw ExperimentError(
                    "\(part.path): is shard \(shard), and \(first.path) is one of \(count); parts must be of one division"
                )
            }
            let differences = part.differences(from: first)
            guard differences.isEmpty else {
                throw ExperimentError(
                    "\(part.path): does not belong to \(first.path). " + differences.joined(separator: "; ")
                )
            }
            if let other = places.updateValue(part, forKey: shard.number) {
                throw ExperimentError("\(other.path) and \(part.path) are both shard \(shard); give each shard once")
            }
        }
        let missing = (1...count).filter { places[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map(String.init).joined(separator: ", ")
            throw ExperimentError(
                "of \(count) shards \(missing.count == 1 ? "number \(names) is" : "the numbers \(names) are") missing"
            )
        }
        return (1...count).compactMap { places[$0] }
    }

    /// Refuses starts that are not those of which the parts tell.
    static func check(_ starts: [Int], _ entry: ExperimentManifest.StartsEntry, _ first: String) throws {
        guard ExperimentManifest.StartsEntry.hash(starts) == entry.sha256 else {
            throw ExperimentError(
                "the starts of the parts together are not those that \(first) tells of (sha256 \(entry.sha256.prefix(12)))"
            )
        }
    }
}

extension EvaluationPart: Sharded {
    var shard: Shard? { manifest.compared.shard?.shard }

    func differences(from other: EvaluationPart) -> [String] { manifest.differences(fromShard: other.manifest) }

    /// What all machines found together, as one machine would have found it.
    ///
    /// - Throws: ``ExperimentError`` that names the part which does not belong to the others, or says what is missing.
    package static func merged(_ parts: [EvaluationPart]) throws -> EvaluationResults {
        let parts = try ShardSet.ordered(parts)
        let first = parts[0]
        let results = EvaluationResults(first.results.subject, joining: parts.map(\.results))
        try ShardSet.check(results.episodes.map(\.start), first.manifest.compared.starts, first.path)
        return results
    }
}
