import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// A plan as a table, as JSON and as one CSV row per move.
struct PlanReport {
    let moves: [Move]
    let rounds: [Int]
    /// For which of the VMs to be let in each move makes room; empty for plans that are not about VMs to come.
    let requests: [Int]
    /// Where those VMs go.
    let placements: [Placement?]
    /// The VMs for which no other place was found.
    let stuck: [UInt64]
    /// Why it is this plan.
    let text: String

    /// Whether it does all that was asked for.
    var isWhole: Bool { stuck.isEmpty && !placements.contains(nil) }

    var table: String {
        guard !moves.isEmpty else { return ([text] + places).joined(separator: "\n") }
        var table = Table(header: ["round", "VM", "from", "to", "GB", "price"])
        for (move, round) in zip(moves, rounds) {
            table.add(
                [
                    "\(round)", "\(move.vm)", Self.text(move.source), Self.text(move.target), CSVText.number(move.mem),
                    CSVText.number(move.price),
                ]
            )
        }
        return ([text, "", table.text] + places).joined(separator: "\n")
    }

    private var places: [String] {
        guard !placements.isEmpty else { return [] }
        let lines = placements.enumerated().map { index, placement in
            let name = placements.count > 1 ? "VM \(index + 1) of the list" : "The VM"
            return placement.map { "\(name) fits on \($0) then." } ?? "\(name) stays out."
        }
        return [""] + lines
    }

    /// Server and nodes, such as 3:0+1.
    private static func text(_ placement: Placement) -> String {
        "\(placement.server):" + nodes(placement).map(String.init).joined(separator: "+")
    }

    private static func nodes(_ placement: Placement) -> [Int] {
        var nodes: [Int] = []
        placement.nodes.forEach { nodes.append($0) }
        return nodes
    }

    // MARK: Files

    var csv: String {
        var text = CSVText.line(
            ["round", "vm", "from_server", "from_nodes", "to_server", "to_nodes", "mem", "price", "request"]
        )
        for (index, move) in moves.enumerated() {
            var row = ["\(rounds[index])", "\(move.vm)"]
            for placement in [move.source, move.target] {
                row.append("\(placement.server)")
                row.append(Self.nodes(placement).map(String.init).joined(separator: "+"))
            }
            row += [CSVText.number(move.mem), CSVText.number(move.price)]
            row.append(requests.isEmpty ? "" : "\(requests[index])")
            text += CSVText.line(row)
        }
        return text
    }

    private struct Document: Encodable {
        struct Place: Encodable {
            let server: Int
            let nodes: [Int]

            init(_ placement: Placement) { (server, nodes) = (placement.server, PlanReport.nodes(placement)) }
        }

        struct Step: Encodable {
            let round: Int
            let vm: UInt64
            let from: Place
            let to: Place
            let mem: Double
            let price: Double
            let request: Int?
        }

        let text: String
        let mem: Double
        let price: Double
        let moves: [Step]
        let placements: [Place?]
    }

    func json() throws -> String {
        let document = Document(
            text: text,
            mem: moves.reduce(0) { $0 + $1.mem },
            price: moves.reduce(0) { $0 + $1.price },
            moves: moves.enumerated().map { index, move in
                Document.Step(
                    round: rounds[index],
                    vm: move.vm,
                    from: Document.Place(move.source),
                    to: Document.Place(move.target),
                    mem: move.mem,
                    price: move.price,
                    request: requests.isEmpty ? nil : requests[index]
                )
            },
            placements: placements.map { $0.map(Document.Place.init) }
        )
        return try JSONText.pretty(document)
    }
}
