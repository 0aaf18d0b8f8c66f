/// Columns of text, the first flush left and the others flush right.
struct Table {
    private var rows: [[String]]

    init(header: [String]) { rows = [header] }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines, with a rule below the header.
    var text: String {
        let widths = (0..<rows[0].count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
        lines.insert(String(repeating: "─", count: widths.reduce(2 * (widths.count - 1), +)), at: 1)
        return lines.joined(separator: "\n")
    }

    /// The same as a table in Markdown.
    var markdown: String {
        var lines = rows.map { row in
            "| "
                + row.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
                .joined(separator: " | ") + " |"
        }
        lines.insert("|" + rows[0].indices.map { $0 == 0 ? "---|" : "---:|" }.joined(), at: 1)
        return lines.joined(separator: "\n")
    }
}
