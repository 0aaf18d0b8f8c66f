import SpaneEvaluation
import SpaneExperiments

extension ExperimentReport {
    /// For each policy and group a line for each number of moves: how many servers fewer for how many moves a day.
    var movesTables: [Block] {
        let figures = ExperimentMetric.plain(of: kind)
        return summary.clusters[0].rows.filter { $0.kind == .policy || $0.kind == .group }.map { shown in
            var table = FigureTable(
                header: ["moves"] + titles(figures) + ["fewer servers"] + MoveColumns.header + ["moves/day"]
            )
            for cluster in summary.clusters {
                let row = cluster.rows.first { $0.name == shown.name && $0.kind == shown.kind }
                table.add(
                    "\(cluster.moves ?? 0)",
                    figures.map { $0.cell(row?.figures[$0]) }
                        + [row?.savedByMoves[.serversMean].map { ExperimentMetric.serversMean.cell($0) } ?? .init()]
                        + (row?.moved.map(moveCells) ?? [])
                )
            }
            return ("\(name(shown)): servers needed by the moves that may make room for a VM\(windows)", table)
        }
    }

    private var windows: String {
        let first = summary.clusters[0]
        return ", \(NumberText.grouped(first.episodes)) windows of \(NumberText.grouped(first.meanLength)) VMs"
    }

    private func moveCells(_ figures: MoveFigures) -> [FigureTable.Cell] {
        (MoveColumns.cells(figures) + [NumberText.grouped(figures.perDay, decimals: 1)]).map { .init(value: $0) }
    }
}
