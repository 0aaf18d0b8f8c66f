internal import SpaneEvaluation
internal import SpaneWorkloads

/// What a benchmark of which one machine plays a shard is about.
struct FleetManifest: Codable, Sendable {
    struct CellEntry: Codable {
        var kind: String
        var servers: Int
        var load: Double

        /// `nil` where there is no such kind.
        var cell: FleetBenchmark.Cell? {
            FleetKind(rawValue: kind).map { FleetBenchmark.Cell($0, servers: servers, load: load) }
        }
    }

    var spane_version: String
    var cells: [CellEntry]
    var seeds: [UInt64]
    var days: Double
    var moves: ExperimentManifest.MovesEntry?
    var mix: ExperimentManifest.TraceEntry?
    var policies: [ExperimentManifest.PolicyEntry]
    var shard: ExperimentManifest.ShardEntry

    init(_ benchmark: FleetBenchmark, mix: GivenMix?, version: String) {
        spane_version = version
        cells = benchmark.cells.map { CellEntry(kind: $0.kind.rawValue, servers: $0.servers, load: $0.load) }
        (seeds, days) = (benchmark.seeds, benchmark.days)
        moves = ExperimentManifest.MovesEntry(benchmark.moves.map { [$0] } ?? [])
        self.mix = mix.map { ExperimentManifest.TraceEntry($0.file, $0.description) }
        policies = benchmark.policies.map {
            ExperimentManifest.PolicyEntry(name: $0.name, group: $0.group, file: $0.file, sha256: $0.contentHash)
        }
        shard = ExperimentManifest.ShardEntry(benchmark.shard ?? .whole, nil)
    }

    /// How many fleets all shards have; `nil` where that is no number.
    var fleetCount: Int? {
        let (count, overflow) = cells.count.multipliedReportingOverflow(by: seeds.count)
        return overflow ? nil : count
    }

    /// In what it is another benchmark than `old`, a line each; shards do not matter.
    func differences(from old: FleetManifest) -> [String] {
        func texts(_ manifest: FleetManifest) -> [(name: String, value: String)] {
            let moves = manifest.moves.map { "\($0.moves.first ?? 0) (price \($0.price), budget \($0.budget))" }
            return [
                ("fleets", manifest.cells.map { "\($0.kind) \($0.servers) at \($0.load)" }.joined(separator: ", ")),
                ("seeds", manifest.seeds.map { "\($0)" }.joined(separator: " ")), ("days", "\(manifest.days)"),
                ("moves", moves ?? "none"), ("mix", manifest.mix?.sha256 ?? "learned"),
                ("policies", manifest.policies.map(\.title).joined(separator: " ")),
                ("weights", manifest.policies.map { $0.sha256 ?? "-" }.joined(separator: " ")),
                ("version of spane", manifest.spane_version),
            ]
        }
        return zip(texts(old), texts(self)).filter { $0.value != $1.value }.map { old, new in
            "\(new.name): \(old.value) there, \(new.value) here"
        }
    }
}
