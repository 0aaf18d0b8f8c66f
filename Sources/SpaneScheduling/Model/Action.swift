/// The number of a placement among those of all servers, as learners and observations count them:
/// `server * layout.placementsPerServer + i`.
///
/// For a request over `span` of n nodes the i-th action of a server stands for its set of nodes number i modulo the number of
/// such sets, in ascending order of ``NodeSet/rawValue``. With two nodes that is the paper's numbering: a VM on one node has an
/// action for each, and for a VM on both nodes both actions name the same placement.
public struct Action: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The action number, 0 ..< servers * placements a server.
    public let rawValue: Int32

    /// Creates an action from its number.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Creates an action from its number.
    @inlinable
    public init(_ index: Int) { rawValue = Int32(truncatingIfNeeded: index) }

    /// The action number as an index.
    @inlinable
    public var index: Int { Int(rawValue) }

    /// Orders actions by number.
    @inlinable
    public static func < (left: Action, right: Action) -> Bool { left.rawValue < right.rawValue }
}

extension Action {
    // MARK: On servers with two nodes

    /// Creates the action of node 0 or 1 of a server with two nodes.
    @inlinable
    public init(server: Int, node: Int) { self.init(server * NUMATopology.nodesPerServer + node) }

    /// The server, where servers have two nodes.
    @inlinable
    public var server: Int { index / NUMATopology.nodesPerServer }

    /// The node, where servers have two nodes.
    @inlinable
    public var node: Int { index % NUMATopology.nodesPerServer }

    /// The placement of a request, where servers have two nodes.
    @inlinable
    public func placement(ofSpan span: Int) -> Placement {
        Placement(server: server, nodes: span == 1 ? NodeSet(node: node) : NodeSet(first: 2))
    }
}

extension Placement {
    /// The lowest action that stands for it, where servers have two nodes.
    @inlinable
    public var action: Action { Action(server: server, node: nodes.first) }
}

extension ClusterState {
    /// Whether the placement that an action stands for has room for the request.
    @inline(__always)
    public func isAvailable(_ action: Action, for request: Request) -> Bool {
        isAvailable(layout.placement(of: action, span: request.span), for: request)
    }

    /// The placement that an action stands for, which has room for the request.
    ///
    /// - Throws: `unavailableAction` when there is no such action, or it has no room.
    @inline(__always)
    package func placement(of action: Action, for request: Request) throws(SchedulingError) -> Placement {
        guard action.rawValue >= 0, action.index < actionCount else {
            throw SchedulingError(
                .unavailableAction,
                "action is \(action.rawValue); a cluster of \(serverCount) servers has actions 0 ... \(actionCount - 1)"
            )
        }
        let placement = layout.placement(of: action, span: request.span)
        guard isAvailable(placement, for: request) else {
            throw SchedulingError(
                .unavailableAction,
                "action \(action.rawValue) (\(placement)) has no room for \(request.cpu) cores and \(request.mem) GB"
            )
        }
        return placement
    }

    /// Which of the two actions of a server with two nodes are available: bit n for node n.
    @inline(__always)
    package func availableActions(on server: Int, for request: Request) -> UInt8 {
        let nodes = nodesWithRoom(on: server, for: request).rawValue
        if request.span == 1 { return nodes }
        guard nodes == 3, request.span == 2 else { return 0 }
        return request.share.isPlain || areNear(NodeSet(rawValue: 3), on: server, request.terms) ? 3 : 0
    }
}

extension Layout {
    /// The placement that an action of this layout stands for when a VM spans so many nodes.
    public func placement(of action: Action, span: Int) -> Placement {
        if nodes == NUMATopology.nodesPerServer { return action.placement(ofSpan: span) }
        let (server, rank) = action.index.quotientAndRemainder(dividingBy: placementsPerServer)
        var rest = rank % max(1, Self.sets(of: span, among: nodes))
        var chosen = NodeSet.none
        NodeSet(first: nodes).forEachSubset(of: span) { set in
            if rest == 0 { chosen = set }
            rest -= 1
        }
        return Placement(server: server, nodes: chosen)
    }

    /// The lowest action of this layout that stands for a placement.
    public func action(of placement: Placement) -> Action {
        if nodes == NUMATopology.nodesPerServer { return placement.action }
        var rank = 0
        NodeSet(first: nodes).forEachSubset(of: placement.nodes.count) { set in
            if set.rawValue < placement.nodes.rawValue { rank += 1 }
        }
        return Action(placement.server * placementsPerServer + rank)
    }
}
