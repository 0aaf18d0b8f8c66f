internal import SpaneScheduling

/// A fleet in TOML. `docs/file-formats.md` describes them.
struct FleetText {
    let fleet: Fleet
    /// The name of each bit of ``SpaneScheduling/ServerType/traits``.
    let traits: [String]

    /// Reads the content of `file`.
    ///
    /// - Throws: ``SettingsError`` naming the class of servers, the key, its value and what is allowed.
    static func parse(_ content: [UInt8], file: String) throws(SettingsError) -> FleetText {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw SettingsError(file, "is neither a fleet in UTF-8 text nor an HDF5 file")
        }
        let entries = try TOML.parse(text, file: file)
        var frame = FleetFrame()
        try KeyedTable.read(entries, FleetFrame.keys, required: ["server"], into: &frame, of: file)
        guard entries["split_span"] == nil || frame.splitAbove < .infinity || frame.splitFrom < .infinity else {
            throw SettingsError(
                file,
                "split_span is \(frame.splitSpan) without a bound above which VMs are split; it needs split_above or split_from"
            )
        }
        var classes: [ServerClass] = []
        var names: Set<String> = []
        for (index, table) in frame.servers.enumerated() {
            let next = try ServerClass(table, number: index + 1, in: frame, file: file)
            guard names.insert(next.name).inserted else {
                throw SettingsError(file, "server \(next.name) is there twice; names must differ")
            }
            classes.append(next)
        }
        do {
            let layout = try Layout(
                nodes: classes.reduce(1) { max($0, $1.type.nodes.count) },
                nodeResources: frame.nodeResources,
                serverResources: frame.serverResources
            )
            let count = classes.reduce(0) { $0 + $1.count }
            guard count <= Fleet.maximumServers else {
                throw SchedulingError(
                    .invalidArgument,
                    "there are \(count) servers; at most \(Fleet.maximumServers) are allowed"
                )
            }
            let fleet = try Fleet(
                layout: layout,
                types: classes.map(\.type),
                typeOfServer: classes.enumerated().flatMap { index, each in
                    Array(repeating: Int32(index), count: each.count)
                },
                spanRule: SpanRule(splitAbove: frame.splitAbove, splitFromCores: frame.splitFrom, span: frame.splitSpan)
            )
            return FleetText(fleet: fleet, traits: frame.traits)
        } catch {
            throw SettingsError(file, "\(error)")
        }
    }
}

/// What a fleet says before its classes of servers.
struct FleetFrame {
    var nodeResources: [String] = []
    var serverResources: [String] = []
    /// The name of each bit of ``SpaneScheduling/ServerType/traits``.
    var traits: [String] = []
    var splitAbove = Double.infinity
    var splitFrom = Double.infinity
    var splitSpan = 2
    var servers: [[String: TOML]] = []

    static var keys: [Setting<FleetFrame>] {
        [
            .names("node_resources", \.nodeResources, atMost: Layout.mostResources - 2, except: ServerClass.ownKeys),
            .names(
                "server_resources",
                \.serverResources,
                atMost: Layout.mostResources - 2,
                except: ServerClass.ownKeys
            ),
            .names("traits", \.traits, atMost: UInt64.bitWidth),
            .number("split_above", \.splitAbove, .within(0...Double.infinity), ""),
            .number("split_from", \.splitFrom, .within(0...Double.infinity), ""),
            .integer("split_span", \.splitSpan, 1...Layout.mostNodes, ""),
            serversKey,
        ]
    }

    private static var serversKey: Setting<FleetFrame> {
        let rule = "one or more tables [[server]]"
        return Setting(
            name: "server",
            comment: "",
            rule: rule,
            read: { (frame, value) throws(Refusal) in
                guard case .list(let items) = value, !items.isEmpty else { throw Refusal(value: value, rule: rule) }
                for item in items {
                    guard case .table(let entries) = item else { throw Refusal(value: value, rule: rule) }
                    frame.servers.append(entries)
                }
            },
            write: { .list($0.servers.map { .table($0) }) }
        )
    }
}

extension Setting {
    /// Different names, none of them empty or one of `others`.
    static func names(
        _ name: String,
        _ path: WritableKeyPath<Root, [String]>,
        atMost limit: Int,
        except others: [String] = []
    ) -> Setting {
        let rule =
            "a list of at most \(limit) different names of one line and at most \(Names.longest) bytes"
            + (others.isEmpty ? "" : " other than \(others.joined(separator: ", "))")
        return Setting(
            name: name,
            comment: "",
            rule: rule,
            read: { (root, value) throws(Refusal) in
                guard case .list(let items) = value, items.count <= limit else {
                    throw Refusal(value: value, rule: rule)
                }
                var names: [String] = []
                for item in items {
                    guard case .text(let text) = item, !text.isEmpty, !names.contains(text), !others.contains(text),
                        Names.refusal(of: text) == nil
                    else { throw Refusal(value: value, rule: rule) }
                    names.append(text)
                }
                root[keyPath: path] = names
            },
            write: { .list($0[keyPath: path].map { .text($0) }) }
        )
    }
}
