/// Why a configuration was refused. The message names the file, the key, its value and what is allowed.
package struct RunConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    package let description: String

    /// The sentence without the file.
    let detail: String

    package init(_ file: String, _ detail: String) {
        description = "\(file): \(detail)"
        self.detail = detail
    }
}

/// Why the value of one key was refused.
struct Refusal: Error {
    /// Where in the value the mistake is, such as `[0].weight`; empty for the value itself.
    var place = ""
    let value: TOML
    /// What follows "it must be".
    let rule: String

    /// The rest of the sentence after the name of the key.
    var detail: String { "\(place) is \(value.source); it must be \(rule)" }
}
