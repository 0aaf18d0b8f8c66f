/// A table of a document that has these keys and no others.
enum KeyedTable {
    /// Takes the values of the keys into `root`.
    ///
    /// - Parameter place: what messages say before the name of a key, such as "server gen1: ".
    static func read<Root>(
        _ entries: [String: TOML],
        _ keys: [Setting<Root>],
        required: Set<String> = [],
        into root: inout Root,
        at place: String = "",
        of file: String
    ) throws(SettingsError) {
        if let unknown = entries.keys.sorted().first(where: { name in !keys.contains { $0.name == name } }) {
            throw SettingsError(
                file,
                "\(place)\(unknown) is unknown; it must be one of \(keys.map(\.name).joined(separator: ", "))"
            )
        }
        for key in keys {
            guard let value = entries[key.name] else {
                guard !required.contains(key.name) else {
                    throw SettingsError(file, "\(place)\(key.name) is missing; it must be \(key.rule)")
                }
                continue
            }
            do {
                try key.read(&root, value)
            } catch {
                throw SettingsError(file, "\(place)\(key.name)\(error.detail)")
            }
        }
    }
}
