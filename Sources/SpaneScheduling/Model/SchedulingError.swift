package import SpaneSystem

/// Why a trace, a cluster or a step was refused. The message names the argument, its value and what is allowed.
public struct SchedulingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of mistake; new kinds may be added.
    public struct Code: Equatable, Hashable, Sendable {
        let name: String

        /// An argument is outside its range.
        public static let invalidArgument = Code(name: "invalidArgument")
        /// A trace holds an impossible value.
        public static let invalidTrace = Code(name: "invalidTrace")
        /// The action is not available for the request at the head.
        public static let unavailableAction = Code(name: "unavailableAction")
        /// A VM with this id runs already.
        public static let duplicateVM = Code(name: "duplicateVM")
        /// No VM with this id runs.
        public static let notFound = Code(name: "notFound")
        /// The call does not fit the state: a step before a reset or after the end.
        public static let badState = Code(name: "badState")
        /// Memory cannot be had; it was refused before it was tried.
        public static let outOfMemory = Code(name: "outOfMemory")
        /// Somebody has stopped the work from outside.
        public static let cancelled = Code(name: "cancelled")
    }

    /// The kind of mistake.
    public let code: Code
    /// One sentence for a person.
    public let description: String

    /// Creates an error of a kind with its sentence.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package init(_ error: OutOfMemory) { self.init(.outOfMemory, error.description) }
}
