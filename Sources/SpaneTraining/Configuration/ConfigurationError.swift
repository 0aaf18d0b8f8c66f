/// Why a learner's configuration was refused.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The key of the parameter, as in configurations: `learning_rate`.
    public let key: String
    /// Its value and what is allowed.
    public let reason: String

    /// One sentence for a person.
    public var description: String { "\(key) \(reason)" }

    /// Creates an error.
    public init(key: String, reason: String) {
        self.key = key
        self.reason = reason
    }

    static func require(
        _ condition: Bool,
        _ key: String,
        _ value: some CustomStringConvertible,
        _ allowed: String
    ) throws(ConfigurationError) {
        guard condition else { throw ConfigurationError(key: key, reason: "is \(value); it must be \(allowed)") }
    }
}
