/// Which nodes of a server a VM gets: the node part of a ``RuleName``. Ties go to the nodes that are nearest to each other, of those
/// to the lowest.
public enum NodeChoice: String, CaseIterable, Hashable, Sendable {
    /// The nodes that are nearest to each other, of those the lowest.
    case first
    /// The emptiest nodes with room: most left, where cores and memory are each divided by what the largest node has.
    case spread
    /// The fullest nodes with room: least left.
    case pack
    /// The nodes on which the VM destroys least room for large VMs; see ``ServerScore/capacityLost``. Of equal ones the emptiest.
    case capacityLost = "capacity-lost"

    /// What it takes, in one line.
    public var summary: StaticString {
        switch self {
        case .first: "the nodes nearest to each other, then the lowest"
        case .spread: "the emptiest nodes with room"
        case .pack: "the fullest nodes with room"
        case .capacityLost: "the nodes that lose least room for large VMs"
        }
    }
}
