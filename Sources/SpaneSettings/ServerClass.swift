internal import SpaneScheduling

/// One `[[server]]` of a fleet: servers that have the same.
struct ServerClass {
    /// The keys that every class may have, so that no resource is called like one of them.
    static let ownKeys = ["name", "count", "nodes", "cpu", "mem", "traits", "distances"]

    let name: String
    let count: Int
    let type: ServerType

    /// - Parameter number: from 1, for messages about a class without a name.
    init(_ entries: [String: TOML], number: Int, in frame: FleetFrame, file: String) throws(SettingsError) {
        var values = Values()
        let known: String? = if case .text(let name)? = entries["name"], !name.isEmpty { name } else { nil }
        let place = "server \(known ?? "number \(number)"): "
        let perNode = ["cpu", "mem"] + frame.nodeResources
        let amounts =
            perNode.map { Values.amount($0, \.node) } + frame.serverResources.map { Values.amount($0, \.shared) }
        // Where the nodes are equal, the class has what each of them has; else the list has it.
        let isList = if case .list? = entries["nodes"] { true } else { false }
        try KeyedTable.read(
            entries,
            Values.keys(traits: frame.traits) + amounts,
            required: Set(["name", "nodes"] + (isList ? [] : ["cpu", "mem"])),
            into: &values,
            at: place,
            of: file
        )
        if isList, let twice = perNode.first(where: { entries[$0] != nil }) {
            throw SettingsError(
                file,
                "\(place)\(twice) stands beside a list of nodes; it must stand in its tables"
            )
        }
        var nodes: [[Double]] = []
        for (index, table) in values.nodes.enumerated() {
            var node = values.node
            try KeyedTable.read(
                table,
                perNode.map { Self.amount($0) },
                required: isList ? ["cpu", "mem"] : [],
                into: &node,
                at: "\(place)node \(index): ",
                of: file
            )
            nodes.append(perNode.map { node[amount: $0] })
        }
        let rows = values.distances
        guard rows.isEmpty || rows.count == nodes.count && rows.allSatisfy({ $0.count == nodes.count }) else {
            throw SettingsError(
                file,
                "\(place)distances has rows of \(rows.map { "\($0.count)" }.joined(separator: ", ")) numbers; "
                    + "it must have \(nodes.count) of \(nodes.count), as there are nodes"
            )
        }
        name = values.name
        count = values.count
        type = ServerType(
            name: name,
            nodes: nodes,
            shared: frame.serverResources.map { values.shared[amount: $0] },
            traits: values.traits,
            distances: rows.flatMap { $0 }
        )
    }

    private static func amount(_ resource: String) -> Setting<[String: Double]> {
        .number(resource, \.[amount: resource], .within(0...Resources.largest), "")
    }
}

/// The values of a class by their keys.
private struct Values {
    var name = ""
    var count = 1
    /// What stands in each node's own table.
    var nodes: [[String: TOML]] = []
    /// What stands in the class and goes for every node.
    var node: [String: Double] = [:]
    var shared: [String: Double] = [:]
    var traits: UInt64 = 0
    var distances: [[UInt8]] = []

    static func amount(_ resource: String, _ amounts: WritableKeyPath<Values, [String: Double]>) -> Setting<Values> {
        .number(resource, amounts.appending(path: \.[amount: resource]), .within(0...Resources.largest), "")
    }

    static func keys(traits: [String]) -> [Setting<Values>] {
        [
            .text("name", \.name, "", rule: "a text of one line that has 1 ... \(Names.longest) bytes") {
                !$0.isEmpty && Names.refusal(of: $0) == nil
            },
            .integer("count", \.count, 1...Fleet.maximumServers, ""),
            nodesKey, traitsKey(traits), distancesKey,
        ]
    }

    private static var nodesKey: Setting<Values> {
        let rule = "a whole number in 1 ... \(Layout.mostNodes), or a list of as many tables with what each node has"
        return Setting(
            name: "nodes",
            comment: "",
            rule: rule,
            read: { (values, value) throws(Refusal) in
                switch value {
                case .integer(let count) where (1...Layout.mostNodes).contains(count):
                    values.nodes = Array(repeating: [:], count: count)
                case .list(let items) where (1...Layout.mostNodes).contains(items.count):
                    for (index, item) in items.enumerated() {
                        guard case .table(let entries) = item else {
                            throw Refusal(place: "[\(index)]", value: item, rule: "a table")
                        }
                        values.nodes.append(entries)
                    }
                default: throw Refusal(value: value, rule: rule)
                }
            },
            write: { .list($0.nodes.map { .table($0) }) }
        )
    }

    private static func traitsKey(_ names: [String]) -> Setting<Values> {
        let rule =
            names.isEmpty
            ? "absent, as the fleet has no list traits"
            : "a list of names out of the fleet's traits: \(names.joined(separator: ", "))"
        return Setting(
            name: "traits",
            comment: "",
            rule: rule,
            read: { (values, value) throws(Refusal) in
                guard case .list(let items) = value else { throw Refusal(value: value, rule: rule) }
                for item in items {
                    guard case .text(let name) = item, let bit = names.firstIndex(of: name) else {
                        throw Refusal(value: value, rule: rule)
                    }
                    values.traits |= 1 << UInt64(bit)
                }
            },
            write: { values in
                .list(names.indices.filter { values.traits >> UInt64($0) & 1 != 0 }.map { .text(names[$0]) })
            }
        )
    }

    private static var distancesKey: Setting<Values> {
        let rule = "a list with a row for each node, of as many whole numbers in 0 ... 255"
        return Setting(
            name: "distances",
            comment: "",
            rule: rule,
            read: { (values, value) throws(Refusal) in
                guard case .list(let rows) = value else { throw Refusal(value: value, rule: rule) }
                for row in rows {
                    guard case .list(let items) = row else { throw Refusal(value: value, rule: rule) }
                    var numbers: [UInt8] = []
                    for item in items {
                        guard case .integer(let integer) = item, let number = UInt8(exactly: integer) else {
                            throw Refusal(value: value, rule: rule)
                        }
                        numbers.append(number)
                    }
                    values.distances.append(numbers)
                }
            },
            write: { .list($0.distances.map { .list($0.map { .integer(Int($0)) }) }) }
        )
    }
}

extension [String: Double] {
    /// The amount of a resource, 0 where it is not there.
    fileprivate subscript(amount resource: String) -> Double {
        get { self[resource] ?? 0 }
        set { self[resource] = newValue }
    }
}
