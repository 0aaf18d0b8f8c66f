/// Why a network was refused. The message names the argument or the tensor, its value and what is allowed.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// A shape, a weight or another value that no network may have.
        case invalidArgument
        /// A cluster that the network is not made for: another number of servers, or of their NUMA nodes.
        case shapeMismatch
    }

    /// What is wrong.
    public let code: Code
    /// One sentence for a person.
    public let description: String

    /// Creates an error about a value that no network may have, with its sentence.
    public init(_ description: String) { self.init(.invalidArgument, description) }

    /// Creates an error with its sentence.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
