public import SpaneScheduling
public import SpaneStorage

/// The flavors of a trace, for which rules keep room.
public struct GivenMix: Sendable {
    /// The file of the trace.
    public let file: String
    /// Where the trace comes from.
    public let description: TraceDescription
    /// Its flavors.
    public let flavors: ExpectedFlavors

    /// Describes a mix.
    public init(file: String, description: TraceDescription, flavors: ExpectedFlavors) {
        (self.file, self.description, self.flavors) = (file, description, flavors)
    }
}
