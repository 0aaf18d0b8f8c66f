internal import SpaneNetworks
package import SpaneSettings
internal import SpaneStorage

extension RunConfiguration {
    // MARK: Reading

    /// Reads a configuration; keys that are not given have the values of the preset.
    ///
    /// - Throws: ``SettingsError``, or ``StorageError`` when the file cannot be read.
    package static func read(_ file: String, registry: LearnerRegistry) throws -> RunConfiguration {
        let bytes = try File.read(file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file, "is not UTF-8 text")
        }
        return try parse(text, file: file, registry: registry)
    }

    /// Reads a configuration from the text of `file`.
    package static func parse(
        _ text: String,
        file: String,
        registry: LearnerRegistry
    ) throws(SettingsError) -> RunConfiguration {
        try RunConfiguration(flatten(TOML.parse(text, file: file), file: file), file: file, registry: registry)
    }

    /// Takes the values of a document by `section.key`.
    init(_ given: [String: TOML], file: String, registry: LearnerRegistry) throws(SettingsError) {
        var values = given
        var configuration = RunConfiguration(preset: registry.presets[0], of: registry)
        func take(_ key: Setting<RunConfiguration>) throws(SettingsError) {
            guard let value = values.removeValue(forKey: key.name) else { return }
            do {
                try key.read(&configuration, value)
            } catch {
                throw SettingsError(file, key.name + error.detail)
            }
        }
        try take(configuration.presetKey)
        for key in configuration.selectors { try take(key) }
        for key in configuration.keys { try take(key) }
        if let unknown = values.keys.min() { throw configuration.unknown(unknown, file: file) }
        try configuration.check(file: file)
        self = configuration
    }

    /// The values by `section.key`; `others` are sections that were there too.
    static func flatten(
        _ document: [String: TOML],
        file: String,
        beside others: [String] = []
    ) throws(SettingsError) -> [String: TOML] {
        var values: [String: TOML] = [:]
        for (section, value) in document.sorted(by: { $0.key < $1.key }) {
            guard sections.contains(section), case .table(let entries) = value else {
                throw SettingsError(
                    file,
                    "\(section) is unknown; there are " + (others + sections).map { "[\($0)]" }.joined(separator: ", ")
                )
            }
            for (name, value) in entries { values["\(section).\(name)"] = value }
        }
        return values
    }

    private func unknown(_ name: String, file: String) -> SettingsError {
        let section = String(name.prefix { $0 != "." })
        let names = ([presetKey] + keys).filter { $0.name.hasPrefix(section + ".") }.map {
            $0.name.dropFirst(section.count + 1)
        }
        let whose =
            switch section {
            case "network": "[network] with architecture = \"\(network.kind.name)\""
            case "learner": "[learner] with algorithm = \"\(type(of: learner).algorithm)\""
            case "data" where !data.fleet.isEmpty: "[data] with a fleet"
            case "validation" where !(validation.fleet + data.fleet).isEmpty: "[validation] with a fleet"
            default: "[\(section)]"
            }
        return SettingsError(file, "\(name) is unknown; \(whose) has \(names.joined(separator: ", "))")
    }

    /// Refuses values that do not go together.
    private func check(file: String) throws(SettingsError) {
        // How many servers a fleet has is known when it is read.
        let hasFleet = !(data.fleet + validation.fleet).isEmpty
        if network.kind.isBoundToServers, !hasFleet, Set(data.servers + validation.servers).count > 1 {
            throw SettingsError(
                file,
                "network.architecture is \"\(network.kind.name)\", which is bound to one number of servers; data.servers "
                    + "and validation.servers must name a single one"
            )
        }
        if let contradiction = learner.contradiction(with: network) {
            throw SettingsError(file, "learner.\(contradiction)")
        }
    }

    // MARK: Writing

    /// The complete configuration, every key with its meaning, in a form that can be read again.
    package var text: String {
        var text = "# A configuration of spane train. Omitted keys take their value from the preset.\n"
        for section in Self.sections {
            text += "\n[\(section)]\n"
            for key in ([presetKey] + keys) where key.name.hasPrefix(section + ".") {
                let rule = key.rule == type(of: key).anyText ? "" : " It must be \(key.rule)."
                text += Self.comment(key.comment + rule)
                text += "\(key.name.dropFirst(section.count + 1)) = \(Self.layout(key.write(self)))\n"
            }
        }
        return text
    }

    /// Lines of at most 100 characters.
    private static func comment(_ sentence: String) -> String {
        var lines: [String] = []
        for word in sentence.split(separator: " ") {
            if let line = lines.last, line.count + word.count < 100 {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append("# \(word)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A list of tables has a line for each.
    private static func layout(_ value: TOML) -> String {
        guard case .list(let values) = value, case .table? = values.first else { return value.source }
        return "[\n" + values.map { "    \($0.source),\n" }.joined() + "]"
    }

    // MARK: Comparing

    /// One line for each key that decides the result, by which two runs are told apart.
    package var identity: String {
        keys.compactMap { key in key.identity(self).map { "\(key.name) = \($0.source)\n" } }.joined()
    }

    /// The keys in which two identities differ, with both values; empty when they are the same.
    package static func differences(_ theirs: String, _ ours: String) -> [String] {
        let (theirs, ours) = (entries(theirs), entries(ours))
        return Set(theirs.keys).union(ours.keys).sorted().compactMap { name in
            guard theirs[name] != ours[name] else { return nil }
            return "\(name) is \(theirs[name] ?? "not there") in that run and \(ours[name] ?? "not there") in this one"
        }
    }

    private static func entries(_ identity: String) -> [String: String] {
        var entries: [String: String] = [:]
        for line in identity.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            entries[String(line[..<sign].dropLast())] = String(line[line.index(after: sign)...].dropFirst())
        }
        return entries
    }
}
