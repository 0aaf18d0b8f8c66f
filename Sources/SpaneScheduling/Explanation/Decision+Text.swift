extension Decision: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        let servers = considered == 1 ? "1 server" : "\(considered) servers"
        var sentences = ["\(request): \(servers) considered, \(withRoom == 1 ? "1 has" : "\(withRoom) have") room."]
        if !excluded.isEmpty {
            sentences.append("Excluded: \(excluded.map { "\($0.count) \($0.kind.name)" }.joined(separator: ", ")).")
        }
        if !nearest.isEmpty {
            sentences.append("Least short: \(nearest.map(Self.text).joined(separator: "; ")).")
        }
        if !best.isEmpty { sentences.append("Best: \(best.map(Self.text).joined(separator: "; ")).") }
        return sentences.joined(separator: " ")
    }

    private static func text(_ refusal: Refusal) -> String {
        let end: String
        switch refusal.reason.kind {
        case .tooSmall: end = ", even if it were empty"
        case .reserved: end = ", which it would have without what is reserved there"
        default: end = ""
        }
        return "server \(refusal.server) by \(RoomReport.Shortage.text(refusal.shortages))\(end)"
    }

    private static func text(_ one: RankedPlacement) -> String {
        let parts = one.parts.map { "\($0.name) \(RoomReport.text($0.value))" }.joined(separator: ", ")
        if one.parts.count == 1 { return "\(one.placement) (\(parts))" }
        return "\(one.placement) (\(RoomReport.text(one.score)) = \(parts))"
    }

    /// The same for programs, in one line.
    public var json: String {
        var line = JSONLine()
        line.add("request", request)
        line.add("considered", considered)
        line.add("with_room", withRoom)
        var counts = JSONLine()
        for (kind, count) in excluded { counts.add(kind.key, count) }
        line.add("excluded", counts)
        line.add("nearest", nearest.map(Self.line))
        line.add("best", best.map(Self.line))
        return line.text
    }

    private static func line(_ refusal: Refusal) -> JSONLine {
        var line = JSONLine()
        line.add("server", refusal.server)
        line.add("reason", refusal.reason.kind.key)
        line.add("nodes", refusal.reason.nodes.list)
        line.add(
            "short",
            refusal.shortages.map { shortage in
                var line = JSONLine()
                line.add("resource", shortage.resource)
                // Of the server as a whole, as in C.
                line.add("node", shortage.node ?? -1)
                line.add("by", shortage.amount)
                return line
            }
        )
        return line
    }

    private static func line(_ one: RankedPlacement) -> JSONLine {
        var line = JSONLine()
        line.add("server", one.placement.server)
        line.add("nodes", one.placement.nodes.list)
        line.add("score", one.score)
        line.add(
            "parts",
            one.parts.map { part in
                var line = JSONLine()
                line.add("name", part.name)
                line.add("value", part.value)
                return line
            }
        )
        return line
    }
}

extension ServerReason.Kind {
    /// As programs name it.
    public var key: String {
        switch self {
        case .fits: "fits"
        case .cordoned: "cordoned"
        case .lacksTrait: "lacks_trait"
        case .hasForbiddenTrait: "forbidden_trait"
        case .tooFewNodes: "too_few_nodes"
        case .tooSmall: "too_small"
        case .tooFar: "too_far"
        case .noRoom: "no_room"
        case .group: "group"
        case .reserved: "reserved"
        }
    }
}

extension NodeSet {
    fileprivate var list: [Int] {
        var list: [Int] = []
        forEach { list.append($0) }
        return list
    }
}
