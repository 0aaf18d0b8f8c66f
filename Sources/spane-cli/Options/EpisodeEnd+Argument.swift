public import ArgumentParser
public import SpaneScheduling

/// `auto` or a number of VMs.
extension EpisodeEnd: ExpressibleByArgument {
    /// Reads `auto` or a whole number.
    public init?(argument: String) {
        if argument == "auto" {
            self = .automatic
        } else if let length = Int(argument) {
            self = .length(length)
        } else {
            return nil
        }
    }

    /// As help shows it.
    public var defaultValueDescription: String { description }
}
