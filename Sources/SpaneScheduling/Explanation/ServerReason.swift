/// Why a VM does not go to a server now.
public struct ServerReason: Equatable, Sendable {
    /// What keeps it away. They are looked at in this order, ``fits`` and ``tooFar`` before ``tooSmall``; the first one that holds
    /// is the reason.
    public enum Kind: Int32, CaseIterable, Sendable {
        /// Nothing: it has room.
        case fits = 0
        /// The server is out of placement.
        case cordoned = 1
        /// It has not all traits that the request requires.
        case lacksTrait = 2
        /// It has a trait that the request forbids.
        case hasForbiddenTrait = 3
        /// It has fewer NUMA nodes than the VM spans.
        case tooFewNodes = 4
        /// It could not hold the VM even if nothing else ran there.
        case tooSmall = 5
        /// Nodes have the room, but are farther from each other than the request allows, or no nodes are near enough at all.
        case tooFar = 6
        /// Too much of something is in use.
        case noRoom = 7
        /// It has room, and a hard rule of the VM's group forbids it.
        case group = 8
        /// Too much of something is in use, and without what is reserved there it would have room.
        case reserved = 9

        /// As texts write it.
        public var name: StaticString {
            switch self {
            case .fits: "fits"
            case .cordoned: "cordoned"
            case .lacksTrait: "lacks a required trait"
            case .hasForbiddenTrait: "has a forbidden trait"
            case .tooFewNodes: "too few nodes"
            case .tooSmall: "too small"
            case .tooFar: "nodes too far apart"
            case .noRoom: "no room"
            case .group: "refused by its group"
            case .reserved: "reserved"
            }
        }
    }

    /// What keeps it away.
    public private(set) var kind: Kind
    /// What is short: an index of the resources of nodes, then of servers, as in ``Layout``; `nil` unless ``Kind/tooSmall``,
    /// ``Kind/noRoom`` or ``Kind/reserved``.
    public private(set) var resource: Int?
    /// The NUMA node where it is short; `nil` for the server as a whole.
    public private(set) var node: Int?
    /// How much is missing: of the resource in cores, GB or devices; nodes for ``Kind/tooFewNodes``; for ``Kind/tooFar`` the distance
    /// above what is allowed. 0 else.
    public private(set) var shortBy = 0.0
    /// The bit of the lowest trait that is missing or forbidden.
    public private(set) var trait: Int?
    /// Which nodes are meant: those that the VM can get, that are least short, or that are nearest to each other.
    public private(set) var nodes = NodeSet.none

    /// The same lack of room, which reservations make.
    var asReserved: ServerReason {
        var reason = self
        reason.kind = .reserved
        return reason
    }

    init(_ kind: Kind, on nodes: NodeSet = .none) { (self.kind, self.nodes) = (kind, nodes) }

    init(_ kind: Kind, trait: Int) { (self.kind, self.trait) = (kind, trait) }

    init(_ kind: Kind, shortBy: Double, on nodes: NodeSet = .none) {
        (self.kind, self.shortBy, self.nodes) = (kind, shortBy, nodes)
    }

    init(_ kind: Kind, _ lack: RoomGoal.Lack, on nodes: NodeSet, of layout: Layout) {
        self.kind = kind
        self.nodes = nodes
        resource = lack.node < 0 ? layout.nodeResources.count + lack.resource : lack.resource
        node = lack.node < 0 ? nil : lack.node
        shortBy = Grid.amount(lack.amount)
    }
}
