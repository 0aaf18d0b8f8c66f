// What plans come to, in words.

extension ServerPlan {
    /// What a plan to drain a server comes to.
    package func textOfDrain(_ server: Int) -> String {
        stuck.isEmpty
            ? "\(MovePlan.text(moves, "empty", "empties")) server \(server)."
            : "For \(stuck.count == 1 ? "1 VM" : "\(stuck.count) VMs") of server \(server) no other place was found."
    }

    /// What a plan to empty servers comes to.
    package var textOfConsolidation: String {
        let servers = emptied.count == 1 ? "1 server" : "\(emptied.count) servers"
        return
            "\(MovePlan.text(moves, "empty", "empties")) \(servers); no more than \(Int(bound)) can be emptied with any number of moves."
    }
}

extension MovePlan {
    /// What a plan to even out a server comes to.
    package func textOfRepair(_ server: Int) -> String {
        moves.isEmpty
            ? "No move makes the use of the nodes of server \(server) more even."
            : "\(Self.text(moves, "make", "makes")) the use of the nodes of server \(server) more even."
    }

    /// What a plan for several VMs comes to.
    package static func text(moves: Int, found: Int, of all: Int) -> String {
        "\(moves == 1 ? "1 move lets" : "\(moves) moves let") \(found) of \(all) VMs in."
    }

    /// So many moves of so many GB do something.
    static func text(_ moves: [Move], _ verb: String, _ verbOfOne: String) -> String {
        let mem = RoomReport.text(moves.reduce(0) { $0 + $1.mem })
        let isOne = moves.count == 1
        return "\(isOne ? "1 move" : "\(moves.count) moves") of \(mem) GB in all \(isOne ? verbOfOne : verb)"
    }
}
