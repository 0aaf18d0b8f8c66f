internal import SpaneEvaluation
internal import SpaneScheduling
package import SpaneStorage

/// What one machine found of an experiment that several share: its folder.
package struct ExperimentPart: Sendable {
    let path: String
    let manifest: ExperimentManifest
    let waits: ExperimentWaits

    /// Reads a folder.
    ///
    /// - Throws: ``ExperimentError`` or ``StorageError`` naming the folder or file that is none of a shard, or not finished.
    package init(_ path: String) throws {
        let folder = ExperimentFolder(path)
        guard File.exists(folder.manifestPath) else {
            throw ExperimentError("\(path): is not the folder of an experiment: experiment.json is missing")
        }
        manifest = try ExperimentManifest(json: TextFile.read(folder.manifestPath), path: folder.manifestPath)
        guard let entry = manifest.shard else {
            throw ExperimentError("\(path): is a whole experiment and no shard; there is nothing to merge")
        }
        guard let shard = entry.shard, manifest.starts.count >= shard.count else {
            throw ExperimentError(
                "\(folder.manifestPath): there is no shard \(entry.title) of \(manifest.starts.count) starts"
            )
        }
        self.path = path
        let unfinished = ExperimentError("\(path): shard \(shard) is not finished; run its command again")
        guard File.exists(folder.resultsPath) else { throw unfinished }
        waits = try ExperimentFile.read(
            folder.resultsPath,
            of: manifest.withoutEpisodes,
            episodes: shard.size(of: manifest.starts.count)
        )
        guard waits.missingParts.isEmpty else { throw unfinished }
    }

    /// The experiment of all machines together, as one machine would have played it.
    package struct Whole {
        package let manifest: ExperimentManifest
        package let waits: ExperimentWaits
        package let settings: SummarySettings
    }

    /// Puts parts together.
    ///
    /// - Throws: ``ExperimentError`` that names the part which does not belong to the others, or says what is missing.
    package static func merged(_ parts: [ExperimentPart]) throws -> Whole {
        let parts = try ShardSet.ordered(parts)
        var manifest = parts[0].manifest
        let settings = manifest.shard?.summary ?? SummarySettings()
        manifest.shard = nil
        var waits = parts[0].waits
        for index in waits.clusters.indices {
            let shards = parts.map { $0.waits.clusters[index] }
            waits.clusters[index] = ExperimentWaits.ServerCount(joining: shards)
            try ShardSet.check(waits.clusters[index].starts, manifest.starts, parts[0].path)
        }
        return Whole(manifest: manifest, waits: waits, settings: settings)
    }
}

extension ExperimentPart: Sharded {
    var shard: Shard? { manifest.shard?.shard }

    func differences(from other: ExperimentPart) -> [String] { manifest.differences(fromShard: other.manifest) }
}

extension ExperimentWaits.ServerCount {
    /// What all shards found, given in their order.
    fileprivate init(joining shards: [Self]) {
        func joined<Value>(_ values: (Self) -> [Value]) -> [Value] { Shard.joined(shards.map(values)) }
        self.init(
            servers: shards[0].servers,
            moves: shards[0].moves,
            starts: joined(\.starts),
            lengths: joined(\.lengths),
            bounds: joined(\.bounds),
            offeredMem: joined(\.offeredMem),
            days: joined(\.days),
            policies: shards[0].waits.count
        )
        for policy in waits.indices {
            waits[policy] = joined { $0.waits[policy] ?? [] }
            if moves != nil { moved[policy] = joined { $0.moved[policy] ?? [] } }
        }
    }
}

extension ExperimentManifest {
    /// The experiment with neither episodes nor results.
    fileprivate var withoutEpisodes: ExperimentWaits {
        let limits = moves?.limits ?? []
        return ExperimentWaits(
            kind: experiment,
            trace: trace.description,
            node: node,
            splitAbove: split_above,
            fleet: fleet,
            policies: policies.map {
                ExperimentWaits.Policy(name: $0.name, group: $0.group ?? "", contentHash: $0.sha256 ?? "")
            },
            moves: limits.first,
            clusters: servers.flatMap { count in
                (limits.isEmpty ? [nil] : limits.map(\.moves)).map { moves in
                    ExperimentWaits.ServerCount(
                        servers: count,
                        moves: moves,
                        starts: [],
                        lengths: [],
                        bounds: [],
                        policies: policies.count
                    )
                }
            }
        )
    }
}
