import SpaneEvaluation
import SpaneExperiments
import SpaneStorage

/// A summary with one metric a line.
enum SummaryCSV {
    private static let header = [
        "servers", "policy", "kind", "group", "metric", "value", "low", "high", "difference", "difference_low",
        "difference_high",
    ]

    static func text(_ summary: ExperimentSummary, of kind: Experiment.Kind, _ fleet: FleetNote?) -> String {
        let hasMoves = summary.clusters.contains { $0.moves != nil }
        var text = CSVText.line(header + (fleet == nil ? [] : ["fleet"]) + (hasMoves ? ["moves"] : []))
        for cluster in summary.clusters {
            let last = (fleet.map { [$0.description] } ?? []) + (cluster.moves.map { ["\($0)"] } ?? [])
            for row in cluster.rows {
                for figure in ExperimentMetric.all(of: kind) where row.figures[figure] != nil {
                    text += CSVText.line(
                        ["\(cluster.servers)", row.name, row.kind.rawValue, row.group ?? "", figure.name]
                            + numbers(row.figures[figure]) + numbers(row.differences[figure]) + last
                    )
                }
                for figure in row.moved.map(Self.moved) ?? [] {
                    text += CSVText.line(
                        ["\(cluster.servers)", row.name, row.kind.rawValue, row.group ?? "", figure.name]
                            + [CSVText.number(figure.value), "", "", "", "", ""] + last
                    )
                }
            }
        }
        return text
    }

    private static func moved(_ figures: MoveFigures) -> [(name: String, value: Double)] {
        [
            ("moves_per_1000_vms", figures.perThousandVMs), ("moves_per_day", figures.perDay),
            ("gb_moved_per_gb_placed", figures.memShare),
        ]
    }

    private static func numbers(_ estimate: Estimate?) -> [String] {
        [estimate?.value, estimate?.interval?.low, estimate?.interval?.high].map { $0.map(CSVText.number) ?? "" }
    }
}

/// A summary with the settings that it was made with.
enum SummaryJSON {
    private struct Document: Encodable {
        var format = "spane-experiment-summary"
        var format_version = 1
        let baseline: String
        let threshold: Double
        let confidence: Double
        let resamples: Int
        let seed: UInt64
        let fleet: FleetNote?
        let clusters: [ServerCount]
    }

    private struct ServerCount: Encodable {
        let servers: Int
        let moves: Int?
        let episodes: Int
        let mean_length: Double
        let block_length: Int
        let block_count: Int
        let block_spans: Double
        let rows: [Row]
    }

    private struct Row: Encodable {
        let name: String
        let kind: ExperimentSummary.RowKind
        let group: String?
        let figures: [String: Range]
        let differences: [String: Range]
        let spread: [String: ExperimentSummary.Spread]
        let seeds: SeedCheck?
        let moves: MovesDocument?
        let saved_by_moves: [String: Range]?
    }

    private struct Range: Encodable {
        let value: Double
        let low: Double?
        let high: Double?

        init(_ estimate: Estimate) {
            value = estimate.value
            low = estimate.interval?.low
            high = estimate.interval?.high
        }
    }

    static func text(_ summary: ExperimentSummary, _ fleet: FleetNote?) throws -> String {
        let document = Document(
            baseline: summary.baseline,
            threshold: summary.settings.threshold,
            confidence: summary.settings.confidence,
            resamples: summary.settings.resamples,
            seed: summary.settings.seed,
            fleet: fleet,
            clusters: summary.clusters.map { cluster in
                ServerCount(
                    servers: cluster.servers,
                    moves: cluster.moves,
                    episodes: cluster.episodes,
                    mean_length: cluster.meanLength,
                    block_length: cluster.blockLength,
                    block_count: cluster.blockCount,
                    block_spans: cluster.blockSpans,
                    rows: cluster.rows.map(row)
                )
            }
        )
        return try JSONText.pretty(document) + "\n"
    }

    private static func row(_ row: ExperimentSummary.Row) -> Row {
        Row(
            name: row.name,
            kind: row.kind,
            group: row.group,
            figures: named(row.figures.mapValues(Range.init)),
            differences: named(row.differences.mapValues(Range.init)),
            spread: named(row.spread),
            seeds: row.seeds,
            moves: MovesDocument(row.moved),
            saved_by_moves: row.savedByMoves.isEmpty ? nil : named(row.savedByMoves.mapValues(Range.init))
        )
    }

    private static func named<Value>(_ figures: [ExperimentMetric: Value]) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: figures.map { ($0.key.name, $0.value) })
    }
}
