/// Why a network was refused. The message names the argument or the tensor, its value and what is allowed.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public let description: String

    /// Creates an error with its sentence.
    public init(_ description: String) { self.description = description }
}
