/// The figures as a table for people.
struct Table: CustomStringConvertible {
    let figures: [Figure]

    private static let header = ["figure", "unit", "libspane", "C++ peer", "ratio", "of the limit"]

    var description: String {
        let rows = [Self.header] + figures.map(Self.row)
        let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            row.indices.map { Self.pad(row[$0], to: widths[$0], isText: $0 < 2) }.joined(separator: "  ")
        }
        lines.insert(String(repeating: "-", count: lines[0].count), at: 1)
        return lines.joined(separator: "\n")
    }

    private static func row(_ figure: Figure) -> [String] {
        [
            figure.name, figure.unit.rawValue, format(figure.library), figure.peer.map(format) ?? "-",
            figure.ratio.map { Decimal($0, places: 2).description } ?? "-",
            figure.limit.map { "\(Decimal(100 * $0.share, places: $0.share < 0.1 ? 1 : 0)) % of \($0.name)" } ?? "-",
        ]
    }

    private static func format(_ value: Double) -> String {
        Decimal(value, places: value >= 1000 ? 0 : value >= 100 ? 1 : value >= 1 ? 2 : 4).description
    }

    private static func pad(_ text: String, to width: Int, isText: Bool) -> String {
        let blanks = String(repeating: " ", count: width - text.count)
        return isText ? text + blanks : blanks + text
    }
}
