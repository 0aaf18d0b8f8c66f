/// Why a configuration or a fleet was refused. The message names the file, the key, its value and what is allowed.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    package let description: String

    /// The sentence without the file.
    package let detail: String

    package init(_ file: String, _ detail: String) {
        description = "\(file): \(detail)"
        self.detail = detail
    }
}

/// Why the value of one key was refused.
package struct Refusal: Error {
    /// Where in the value the mistake is, such as `[0].weight`; empty for the value itself.
    package let place: String
    package let value: TOML
    /// What follows "it must be".
    package let rule: String

    package init(place: String = "", value: TOML, rule: String) {
        self.place = place
        self.value = value
        self.rule = rule
    }

    /// The rest of the sentence after the name of the key.
    package var detail: String { "\(place) is \(value.source); it must be \(rule)" }
}
