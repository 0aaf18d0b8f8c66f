internal import FoundationEssentials
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// What one machine found of a benchmark on simulated fleets that several share, and its file. The schema is in
/// `docs/file-formats.md`.
package struct FleetPart: Sendable {
    package static let format = "spane-fleets-part"
    private static let version: Int64 = 1
    /// A description is a few hundred bytes, and some more for each policy and cell.
    private static let longestDescription = 1 << 24

    let path: String
    let manifest: FleetManifest
    let trials: [FleetBenchmark.Trial]

    /// Whether a file says that it is such a part.
    package static func isOne(_ path: String) throws -> Bool {
        try HDF5.perform { () throws(StorageError) in try HDF5Reader(path: path).string("format") == format }
    }

    /// Writes a part; an existing file is replaced in one step.
    package static func write(
        _ trials: [FleetBenchmark.Trial],
        of benchmark: FleetBenchmark,
        mix: GivenMix?,
        version spane: String,
        to path: String
    ) throws {
        let description = try JSONText.pretty(FleetManifest(benchmark, mix: mix, version: spane))
        try HDF5Writer.write(path) { file throws(StorageError) in
            try file.attribute("format", format)
            try file.attribute("format_version", version)
            try file.dataset("description", [description])
            for (index, policy) in benchmark.policies.enumerated() {
                let group = "policy_\(index)"
                try file.group(group)
                try file.attribute("policy", policy.name, of: group)
                try file.dataset("\(group)/played", counts: trials.map { $0.tallies[index] == nil ? 0 : 1 })
                try TallyColumns.put(trials.map { $0.tallies[index] ?? LossEpisode.Tally() }, into: file, group)
                try file.datasets("\(group)/", moved: trials.map { $0.moved[index] })
            }
        }
    }

    /// Reads a part.
    ///
    /// - Throws: ``StorageError`` or ``ExperimentError`` naming the file and what is missing, damaged or wrong.
    package init(_ path: String) throws {
        let text = try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            try file.check(format: Self.format, version: Self.version)
            return try file.texts("description", count: 1, longest: Self.longestDescription)[0]
        }
        guard let manifest = try? JSONDecoder().decode(FleetManifest.self, from: Data(text.utf8)),
            let shard = manifest.shard.shard, let total = manifest.fleetCount, shard.count <= total,
            manifest.cells.allSatisfy({ $0.cell != nil }), !manifest.policies.isEmpty
        else { throw ExperimentError("\(path): dataset /description is not the description of a benchmark's shard") }
        let count = shard.size(of: total)
        let policies = try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            var policies: [(tallies: [LossEpisode.Tally?], moved: [MoveCount])] = []
            for (index, policy) in manifest.policies.enumerated() {
                let group = "policy_\(index)"
                guard try file.string("policy", of: group) == policy.name else {
                    throw file.error(.format, "attribute policy of \(group) is missing or not \"\(policy.name)\"")
                }
                let played = try file.counts("\(group)/played", count: count, "whether it was played")
                let tallies = try TallyColumns.read(file, group, count: count)
                policies.append(
                    (
                        zip(played, tallies).map { $0 == 0 ? nil : $1 },
                        try file.moved("\(group)/", count: count)
                    )
                )
            }
            return policies
        }
        (self.path, self.manifest) = (path, manifest)
        trials = shard.indices(of: total).enumerated().compactMap { index, place in
            guard let cell = manifest.cells[place / manifest.seeds.count].cell else { return nil }
            return FleetBenchmark.Trial(
                cell: cell,
                seed: manifest.seeds[place % manifest.seeds.count],
                tallies: policies.map { $0.tallies[index] },
                moved: policies.map { $0.moved[index] }
            )
        }
    }

    /// What all machines found together, as one machine would have found it.
    ///
    /// - Throws: ``ExperimentError`` that names the part which does not belong to the others, or says what is missing.
    package static func merged(_ parts: [FleetPart]) throws -> FleetBenchmark.Results {
        let parts = try ShardSet.ordered(parts)
        let manifest = parts[0].manifest
        return FleetBenchmark.Results(
            policies: manifest.policies.map(\.name),
            cells: manifest.cells.compactMap(\.cell),
            seedCount: manifest.seeds.count,
            days: manifest.days,
            moves: manifest.moves?.limits.first,
            trials: Shard.joined(parts.map(\.trials))
        )
    }
}

extension FleetPart: Sharded {
    var shard: Shard? { manifest.shard.shard }

    func differences(from other: FleetPart) -> [String] { manifest.differences(from: other.manifest) }
}
