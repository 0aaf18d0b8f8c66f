internal import SpaneScheduling
package import SpaneSettings
internal import SpaneStorage

/// A configuration of training of which some keys vary from trial to trial.
package struct SearchConfiguration: Sendable {
    /// One trial: a training run.
    package struct Trial: Sendable {
        /// Its number, from 0.
        package let index: Int
        /// The values of ``SearchConfiguration/names``.
        package let values: [TOML]
        /// The run.
        package let configuration: RunConfiguration
    }

    /// `[search]`
    package var settings: SearchSettings
    /// What all trials have in common; the values of the keys that vary are not used.
    package private(set) var base: RunConfiguration
    private var values: [String: TOML]
    package let dimensions: [SearchDimension]
    private let file: String
    // By trial, in place of values that are drawn.
    private var chosen: [Int: [TOML]] = [:]

    /// The keys that vary, sorted.
    package var names: [String] { dimensions.map(\.name) }

    /// The trials that there are.
    package var trialCount: Int {
        let all = settings.method == .grid ? combinations ?? 0 : 100
        return settings.trials == 0 ? all : settings.trials
    }

    /// The combinations of a grid; `nil` when there are more than a search can have.
    private var combinations: Int? {
        var product = 1
        for dimension in dimensions {
            product *= dimension.all?.count ?? 1
            if product > SearchSettings.mostTrials { return nil }
        }
        return product
    }

    // MARK: Reading

    /// Reads a search: the sections of a training run beside `[search]` and `[space]`.
    ///
    /// - Throws: ``SettingsError``, or ``StorageError`` when the file cannot be read.
    package static func read(_ file: String, registry: LearnerRegistry) throws -> SearchConfiguration {
        let bytes = try File.read(file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file, "is not UTF-8 text")
        }
        return try SearchConfiguration(text, file: file, registry: registry)
    }

    /// Reads a search from the text of `file`.
    package init(_ text: String, file: String, registry: LearnerRegistry) throws(SettingsError) {
        self.file = file
        var document = try TOML.parse(text, file: file)
        settings = try Self.settings(document.removeValue(forKey: "search"), file: file)
        dimensions = try Self.dimensions(document.removeValue(forKey: "space"), file: file)
        values = try RunConfiguration.flatten(document, file: file, beside: ["search", "space"])
        base = try RunConfiguration(values, file: file, registry: registry)
        try checkSpace()
        try check()
    }

    private static func settings(_ value: TOML?, file: String) throws(SettingsError) -> SearchSettings {
        var settings = SearchSettings()
        guard let value else { return settings }
        guard case .table(var entries) = value else { throw SettingsError(file, "search must be a table") }
        for key in SearchSettings.keys {
            guard let value = entries.removeValue(forKey: key.name) else { continue }
            do { try key.read(&settings, value) } catch {
                throw SettingsError(file, "search.\(key.name)\(error.detail)")
            }
        }
        if let unknown = entries.keys.min() {
            throw SettingsError(
                file,
                "search.\(unknown) is unknown; [search] has "
                    + SearchSettings.keys.map(\.name).joined(separator: ", ")
            )
        }
        return settings
    }

    private static func dimensions(_ value: TOML?, file: String) throws(SettingsError) -> [SearchDimension] {
        guard case .table(let sections)? = value, !sections.isEmpty else {
            throw SettingsError(
                file,
                "[space] names no key; name at least one to vary, such as learner.learning_rate = [0.001, 0.01]"
            )
        }
        var dimensions: [SearchDimension] = []
        for (section, value) in sections.sorted(by: { $0.key < $1.key }) {
            guard RunConfiguration.sections.contains(section), case .table(let entries) = value else {
                throw SettingsError(
                    file,
                    "space.\(section) is unknown; a key of [space] is one of "
                        + RunConfiguration.sections.map { "\($0).KEY" }.joined(separator: ", ")
                )
            }
            for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
                do { dimensions.append(try SearchDimension("\(section).\(name)", value)) } catch {
                    throw SettingsError(file, "space.\(section).\(name)\(error.detail)")
                }
            }
        }
        return dimensions
    }

    /// Refuses what no trial could have: every value is tried beside the first ones of the other keys.
    private func checkSpace() throws(SettingsError) {
        var first = values
        for dimension in dimensions { first[dimension.name] = dimension.extremes[0] }
        for dimension in dimensions {
            for value in dimension.extremes {
                var some = first
                some[dimension.name] = value
                do { _ = try RunConfiguration(some, file: file, registry: base.registry) } catch {
                    throw SettingsError(
                        file,
                        "[space] with \(dimension.name) = \(value.source): \(error.detail)"
                    )
                }
            }
        }
    }

    /// Refuses settings that do not go together; to be called when they were changed.
    package func check() throws(SettingsError) {
        guard settings.method == .grid else { return }
        if let range = dimensions.first(where: { $0.all == nil }) {
            throw SettingsError(
                file,
                "space.\(range.name) is \(range.source); with search.method = \"grid\" it must be a list of values"
            )
        }
        guard let combinations else {
            throw SettingsError(
                file,
                "[space] has too many combinations for a grid; there may be \(SearchSettings.mostTrials)"
            )
        }
        if settings.trials != 0, settings.trials != combinations {
            throw SettingsError(
                file,
                "search.trials is \(settings.trials); the grid has \(combinations) combinations, leave the key out"
            )
        }
    }

    /// Refuses a search whose trials this program cannot choose by itself.
    package func checkChoosesAlone() throws(SettingsError) {
        guard settings.method.learns else { return }
        throw SettingsError(
            file,
            "search.method is \"\(settings.method.rawValue)\", which is Optuna's: name a database with --storage, such as "
                + "sqlite:///search.db; without one it must be \"random\" or \"grid\""
        )
    }

    /// Changes the training traces of all trials.
    package mutating func changeTraces(_ change: (inout RunConfiguration) throws -> Void) rethrows {
        try change(&base)
        for key in base.keys where key.name == "data.traces" { values[key.name] = key.write(base) }
    }

    // MARK: Trials

    /// The run of a trial, which follows from the seed of the search and the number of the trial alone.
    package func trial(_ index: Int) throws(SettingsError) -> Trial {
        let (seed, chosen) = draw(index)
        var all = values
        all["run.seed"] = .integer(seed)
        // A trial is one piece of work of many.
        all["run.threads"] = .integer(1)
        for (name, value) in zip(names, chosen) { all[name] = value }
        return Trial(
            index: index,
            values: chosen,
            configuration: try RunConfiguration(all, file: "\(file), trial \(index)", registry: base.registry)
        )
    }

    /// What a trial has of ``names``, without the run that follows from it.
    package func values(ofTrial index: Int) -> [TOML] { draw(index).values }

    /// Gives a trial other values than those that it would draw; its seed stays the same.
    ///
    /// - Parameter sources: of ``names``, as a document has them.
    package mutating func choose(_ sources: [String], forTrial index: Int) throws(SettingsError) {
        guard sources.count == dimensions.count else {
            throw SettingsError(
                file,
                "trial \(index) has \(sources.count) values; [space] has \(dimensions.count) keys"
            )
        }
        var values: [TOML] = []
        for (dimension, source) in zip(dimensions, sources) {
            let value = try TOML.parse("value = \(source)", file: "the value of \(dimension.name)")["value"]
            guard let value, let held = dimension.value(equalTo: value) else {
                throw SettingsError(
                    file,
                    "trial \(index) has \(dimension.name) = \(source); [space] has \(dimension.source)"
                )
            }
            values.append(held)
        }
        chosen[index] = values
    }

    private func draw(_ index: Int) -> (seed: Int, values: [TOML]) {
        var generator = Xoshiro256StarStar(seed: UInt64(settings.seed), stream: UInt64(index))
        // Short enough to be typed.
        let seed = Int(generator.next() >> 32)
        if let values = chosen[index] { return (seed, values) }
        var drawn: [TOML] = []
        var rest = index
        for dimension in dimensions.reversed() {
            if settings.method == .grid, let choices = dimension.all {
                drawn.append(choices[rest % choices.count])
                rest /= choices.count
            } else {
                drawn.append(dimension.draw(&generator))
            }
        }
        return (seed, drawn.reversed())
    }

    // MARK: Writing

    /// The search in a form that can be read again.
    package var text: String {
        var text = "# A search of spane search. Every trial is a run of spane train.\n\n[search]\n"
        for key in SearchSettings.keys { text += "# \(key.comment)\n\(key.name) = \(key.write(settings).source)\n" }
        text += "\n[space]\n"
        for dimension in dimensions { text += "\(dimension.name) = \(dimension.source)\n" }
        for section in RunConfiguration.sections {
            text += "\n[\(section)]\n"
            for (name, value) in values.sorted(by: { $0.key < $1.key }) where name.hasPrefix(section + ".") {
                text += "\(name.dropFirst(section.count + 1)) = \(value.source)\n"
            }
        }
        return text
    }

    /// One line for each key that decides the result of a trial, by which two searches are told apart.
    package var identity: String {
        let own = SearchSettings.keys.filter { $0.name != "trials" }.map {
            "search.\($0.name) = \($0.write(settings).source)\n"
        }
        let space = dimensions.map { "space.\($0.name) = \($0.source)\n" }
        let varied = Set(names + ["run.seed"])
        let common = base.identity.split(separator: "\n").filter { line in
            !varied.contains(String(line.prefix { $0 != " " }))
        }
        return (own + space).joined() + common.map { "\($0)\n" }.joined()
    }
}
