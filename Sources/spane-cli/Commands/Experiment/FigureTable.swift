import SpaneEvaluation
import SpaneExperiments

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

extension ExperimentFigure {
    /// The head of its column.
    func title(threshold: Double) -> String {
        switch self {
        case .trimmedMean10: "trimmed 10 %"
        case .aboveBound10: "above bound, 10 %"
        case .saved10: "saved, 10 %"
        case .trimmedMean15: "trimmed 15 %"
        case .aboveBound15: "above bound, 15 %"
        case .saved15: "saved, 15 %"
        case .meanLog: "mean log"
        case .shareAbove: "over \(NumberText.grouped(threshold)) s"
        }
    }

    /// A cell with the figure.
    func cell(_ estimate: Estimate?) -> FigureTable.Cell {
        guard let estimate else { return FigureTable.Cell(value: "-") }
        return FigureTable.Cell(value: text(estimate.value), interval: interval(estimate))
    }

    /// A cell with a difference: its sign always, and a star where the interval leaves zero out.
    func differenceCell(_ estimate: Estimate?) -> FigureTable.Cell {
        guard let estimate else { return FigureTable.Cell(value: "-") }
        let isSure = estimate.interval.map { !$0.contains(0) } ?? false
        let sign = estimate.value > 0 ? "+" : ""
        return FigureTable.Cell(value: sign + text(estimate.value) + (isSure ? " *" : ""), interval: interval(estimate))
    }

    func text(_ value: Double) -> String {
        switch self {
        case .meanLog: NumberText.grouped(value, decimals: 3)
        case .shareAbove, .saved10, .saved15: NumberText.percent(value)
        case .trimmedMean10, .trimmedMean15, .aboveBound10, .aboveBound15: NumberText.grouped(value, decimals: 1)
        }
    }

    private func interval(_ estimate: Estimate) -> String {
        guard let interval = estimate.interval else { return "" }
        return "\(rough(interval.low)) … \(rough(interval.high))"
    }

    /// A value as the end of an interval, which knows no fractions of a second.
    private func rough(_ value: Double) -> String {
        switch self {
        case .meanLog: NumberText.grouped(value, decimals: 2)
        case .shareAbove, .saved10, .saved15: NumberText.grouped(value * 100, decimals: 1)
        case .trimmedMean10, .trimmedMean15, .aboveBound10, .aboveBound15: NumberText.grouped(value)
        }
    }
}
