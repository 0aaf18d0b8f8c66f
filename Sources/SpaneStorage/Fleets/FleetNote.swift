public import SpaneScheduling

/// What results say of the servers that they were made on: in words, and so that two fleets are told apart.
public struct FleetNote: Codable, Equatable, Sendable {
    /// The servers and the rule for spans in words.
    public var description: String
    /// SHA-256 of what the servers have and of the rule; their names do not matter.
    public var sha256: String

    /// Describes servers.
    public init(_ fleet: Fleet) {
        description = "\(fleet.serversInWords); \(fleet.ruleInWords)"
        sha256 = ContentHash.of(fleet)
    }

    /// Describes servers, unless the size of a node and the bound above which VMs are split say it all.
    package init?(ofOther fleet: Fleet) {
        if fleet.uniformNode != nil, fleet.onlySplitAbove != nil { return nil }
        self.init(fleet)
    }
}
