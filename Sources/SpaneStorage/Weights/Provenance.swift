/// Where weights come from: names and texts, kept with the weights.
///
/// Customary names are `tool`, `command`, `configuration`, `seed`, `trace_sha256`, `trace_source`, `trace_licence`,
/// `metrics`, `licence` and `note`.
public struct Provenance: Equatable, Sendable {
    /// The entries by name.
    public var entries: [String: String]

    /// Creates a provenance from names and texts.
    public init(_ entries: [String: String] = [:]) { self.entries = entries }

    /// The text of an entry.
    public subscript(name: String) -> String? {
        get { entries[name] }
        set { entries[name] = newValue }
    }
}
