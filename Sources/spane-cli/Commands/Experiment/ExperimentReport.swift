import SpaneEvaluation
import SpaneExperiments
import SpaneStorage

/// The result of an experiment as tables and files.
struct ExperimentReport {
    let kind: Experiment.Kind
    let summary: ExperimentSummary
    let waits: ExperimentWaits

    init(_ summary: ExperimentSummary, _ waits: ExperimentWaits) {
        (self.summary, self.waits) = (summary, waits)
        kind = summary.kind
    }

    // MARK: Tables

    /// What the terminal shows.
    var text: String {
        let blocks =
            hasSeveralMoves
            ? movesTables : isOverview ? overviews([.trimmedMean10, .saved15]) : summary.clusters.flatMap(tables)
        return (waits.fleet.map { "\($0.description)\n\n" } ?? "")
            + blocks.map { "\($0.title)\n\n\($0.table.text)" }.joined(separator: "\n\n")
            + "\n\n" + notes.joined(separator: "\n")
    }

    /// Everything, for people.
    var markdown: String {
        let overview = hasSeveralMoves ? movesTables : isOverview ? overviews(ExperimentMetric.all(of: kind)) : []
        let blocks = overview + summary.clusters.flatMap(tables)
        return "# Experiment: \(kind.rawValue)\n\n"
            + "Trace: \(waits.trace.source) (licence: \(waits.trace.licence); sha256 \(waits.trace.contentHash)).\n\n"
            + (waits.fleet.map { "Servers: \($0.description) (sha256 \($0.sha256)).\n\n" } ?? "")
            + blocks.map { "## \($0.title)\n\n\($0.table.markdown)\n" }.joined(separator: "\n")
            + "\n## Notes\n\n" + notes.map { "- \($0)\n" }.joined()
    }

    typealias Block = (title: String, table: FigureTable)

    private var isOverview: Bool { summary.clusters.count > 1 }

    /// Whether it is the moves in which the parts differ.
    var hasSeveralMoves: Bool { isOverview && kind == .servers }

    /// One table a figure, with a line for each number of servers.
    private func overviews(_ figures: [ExperimentMetric]) -> [Block] {
        figures.map { figure in
            let rows = summary.clusters[0].rows.filter { $0.kind != .member && ($0.kind != .bound || figure.isPlain) }
            var table = FigureTable(header: ["servers"] + rows.map(\.name))
            for cluster in summary.clusters {
                table.add(
                    "\(cluster.servers)",
                    rows.map { shown in
                        figure.cell(
                            cluster.rows.first { $0.name == shown.name && $0.kind == shown.kind }?.figures[figure]
                        )
                    }
                )
            }
            return (figure.summary(threshold: threshold), table)
        }
    }

    /// The tables of one number of servers.
    private func tables(_ cluster: ExperimentSummary.ServerCount) -> [Block] {
        var blocks = [(heading(cluster), valueTable(cluster))]
        if cluster.rows.contains(where: { !$0.differences.isEmpty }) {
            blocks.append(
                (
                    kind == .servers
                        ? "Less \(summary.baseline) in the same windows\(withMoves(cluster))"
                        : "On \(cluster.servers) servers, less \(summary.baseline) in the same episodes",
                    differenceTable(cluster)
                )
            )
        }
        for row in cluster.rows where row.kind == .group {
            let place =
                kind == .servers ? "The members\(withMoves(cluster))" : "On \(cluster.servers) servers, the members"
            blocks.append(("\(place) of \(row.name)", spreadTable(row)))
        }
        return blocks
    }

    private func heading(_ cluster: ExperimentSummary.ServerCount) -> String {
        if kind == .servers {
            return
                "\(NumberText.grouped(cluster.episodes)) windows of \(NumberText.grouped(cluster.meanLength)) VMs; the "
                + "fewest servers on which no VM waits or is refused\(withMoves(cluster))"
        }
        return "\(NumberText.grouped(cluster.episodes)) episodes of "
            + "\(NumberText.grouped(cluster.meanLength, decimals: 1)) VMs (mean) on \(cluster.servers) servers; total wait "
            + "of an episode in seconds\(withMoves(cluster))"
    }

    // Beside the metrics themselves, the more robust of the trimmed means beside the bound.
    private var columns: [ExperimentMetric] {
        ExperimentMetric.all(of: kind).filter { $0.isPlain || [.trimmedMean15, .serversMean].contains($0.metric) }
    }

    private func valueTable(_ cluster: ExperimentSummary.ServerCount) -> FigureTable {
        let moves = cluster.moves == nil ? [] : MoveColumns.header
        var table = FigureTable(header: ["policy"] + titles(columns) + moves)
        for row in cluster.rows {
            let cells = row.moved.map(MoveColumns.cells) ?? moves.map { _ in "" }
            table.add(
                name(row),
                columns.map { $0.cell(row.figures[$0]) } + cells.map { FigureTable.Cell(value: $0) }
            )
        }
        return table
    }

    private func differenceTable(_ cluster: ExperimentSummary.ServerCount) -> FigureTable {
        var table = FigureTable(header: ["policy"] + titles(ExperimentMetric.plain(of: kind)))
        for row in cluster.rows where !row.differences.isEmpty {
            table.add(name(row), ExperimentMetric.plain(of: kind).map { $0.differenceCell(row.differences[$0]) })
        }
        return table
    }

    private func spreadTable(_ row: ExperimentSummary.Row) -> FigureTable {
        var table = FigureTable(header: ["member"] + titles(columns))
        for (name, figure) in [
            ("lowest", \ExperimentSummary.Spread.lowest), ("median", \.median), ("mean", \.mean),
            ("highest", \.highest),
        ] {
            let isMean = figure == \.mean
            table.add(
                name,
                columns.map { column in
                    column.cell(row.spread[column].map { $0.estimate(figure, isMean ? $0.interval : nil) })
                }
            )
        }
        return table
    }

    private var threshold: String { NumberText.grouped(summary.settings.threshold) }

    func titles(_ figures: [ExperimentMetric]) -> [String] {
        figures.map { $0.title(threshold: threshold) }
    }

    func name(_ row: ExperimentSummary.Row) -> String {
        switch row.kind {
        case .group: "\(row.name) (mean of \(waits.policies.count { $0.group == row.name }))"
        case .member: "  \(row.name)"
        case .policy, .bound: row.name
        }
    }

    /// How many moves there may be, behind a title.
    private func withMoves(_ cluster: ExperimentSummary.ServerCount) -> String {
        cluster.moves.map { ", with up to \($0) move\($0 == 1 ? "" : "s") for a VM" } ?? ""
    }

    // MARK: Notes

    private var notes: [String] {
        let settings = summary.settings
        var lines = [
            "Ranges are \(NumberText.percent(settings.confidence, decimals: 0)) intervals of a block bootstrap over time "
                + "(\(NumberText.grouped(settings.resamples)) resamples, seed \(settings.seed)): \(blocks).",
            "saved: the share of First Fit's excess over the bound that is saved. above bound and saved are of the "
                + (kind == .servers ? "means." : "trimmed means."),
        ]
        if waits.moves != nil { lines.append(MoveColumns.note) }
        lines += seedNotes
        if summary.clusters.contains(where: { $0.rows.contains { !$0.differences.isEmpty } }) {
            lines.append("*: the interval leaves zero out.")
        }
        let short = summary.clusters.filter { $0.blockSpans < 2 }
        if !short.isEmpty {
            let counts = short.map { "\($0.servers)" }.joined(separator: ", ")
            lines.append(
                kind == .servers
                    ? "The windows lie too close together: a block covers less than twice what a window does, and the intervals "
                        + "are too narrow; fewer or shorter windows mend that."
                    : "On \(counts) servers the starts lie too close together: a block covers less than twice what an episode "
                        + "does, and the intervals are too narrow."
            )
        }
        return lines
    }

    private var blocks: String {
        "\(range(of: summary.clusters.map { "\($0.blockCount)" })) blocks of "
            + "\(range(of: summary.clusters.map { "\($0.blockLength)" })) \(unit)s, each "
            + "\(range(of: summary.clusters.map { NumberText.grouped($0.blockSpans, decimals: 1) })) times as long as \(article) "
            + "\(unit)"
    }

    private var unit: String { kind == .servers ? "window" : "episode" }
    private var article: String { kind == .servers ? "a" : "an" }

    /// From the first number of servers to the last.
    private func range(of texts: [String]) -> String {
        guard let first = texts.first, let last = texts.last, texts.contains(where: { $0 != first }) else {
            return texts.first ?? ""
        }
        return "\(first) … \(last)"
    }
}
