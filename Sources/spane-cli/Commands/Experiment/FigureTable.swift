import SpaneEvaluation
import SpaneExperiments

extension FigureTable.Cell {
    /// A difference: its sign always, and a star where the interval leaves zero out.
    init(difference estimate: Estimate, _ text: (Double) -> String, interval: String) {
        let isSure = estimate.interval.map { !$0.contains(0) } ?? false
        let sign = estimate.value > 0 ? "+" : ""
        self.init(value: sign + text(estimate.value) + (isSure ? " *" : ""), interval: interval)
    }
}

/// A table of figures with their intervals.
struct FigureTable {
    /// A figure, and its interval in words; both empty where there is none.
    struct Cell {
        var value = ""
        var interval = ""
    }

    let header: [String]
    private(set) var rows: [(name: String, cells: [Cell])] = []

    init(header: [String]) { self.header = header }

    mutating func add(_ name: String, _ cells: [Cell]) { rows.append((name, cells)) }

    /// For the terminal: intervals stand below the figures.
    var text: String {
        var table = Table(header: header)
        for row in rows {
            table.add([row.name] + row.cells.map(\.value))
            if row.cells.contains(where: { !$0.interval.isEmpty }) { table.add([""] + row.cells.map(\.interval)) }
        }
        return table.text
    }

    /// For Markdown: intervals stand behind the figures.
    var markdown: String {
        var table = Table(header: header)
        for row in rows {
            table.add(
                [row.name] + row.cells.map { $0.interval.isEmpty ? $0.value : "\($0.value) (\($0.interval))" }
            )
        }
        return table.markdown
    }
}

extension ExperimentMetric {
    /// A cell with the figure.
    func cell(_ estimate: Estimate?) -> FigureTable.Cell {
        guard let estimate else { return FigureTable.Cell(value: "-") }
        return FigureTable.Cell(value: text(estimate.value), interval: interval(estimate))
    }

    /// A cell with a difference.
    func differenceCell(_ estimate: Estimate?) -> FigureTable.Cell {
        guard let estimate else { return FigureTable.Cell(value: "-") }
        return FigureTable.Cell(difference: estimate, text, interval: interval(estimate))
    }

    func text(_ value: Double) -> String {
        switch unit {
        case .logarithm: NumberText.grouped(value, decimals: 3)
        case .share: NumberText.percent(value)
        case .seconds: NumberText.grouped(value, decimals: 1)
        case .servers: NumberText.grouped(value, decimals: 2)
        }
    }

    private func interval(_ estimate: Estimate) -> String {
        guard let interval = estimate.interval else { return "" }
        return "\(rough(interval.low)) … \(rough(interval.high))"
    }

    /// A value as the end of an interval, which knows no fractions of a second.
    private func rough(_ value: Double) -> String {
        switch unit {
        case .logarithm: NumberText.grouped(value, decimals: 2)
        case .share: NumberText.grouped(value * 100, decimals: 1)
        case .seconds: NumberText.grouped(value)
        case .servers: NumberText.grouped(value, decimals: 2)
        }
    }
}
