/// Why a configuration of a learner was refused. The message names the key, its value and what is allowed.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public let description: String

    /// Creates an error with its sentence.
    public init(_ description: String) { self.description = description }

    static func require(
        _ condition: Bool,
        _ key: String,
        _ value: some CustomStringConvertible,
        _ allowed: String
    ) throws(ConfigurationError) {
        guard condition else { throw ConfigurationError("\(key) is \(value); it must be \(allowed)") }
    }
}
