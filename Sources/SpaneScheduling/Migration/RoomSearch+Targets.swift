internal import SpaneBuffers

/// What the largest servers and nodes of a cluster have, in steps of the ``Grid``.
struct LargestCapacities {
    var node = Resources(cpu: 0, mem: 0)
    /// As in ``ServerSizes/largestServer``.
    var server: [Double] = []
}

/// The best places for VMs that move, by what they ask for, as they were when they were first asked for; and what scores refer to.
struct TargetCache {
    private var lists: [[Placement]?] = []
    fileprivate var largest = LargestCapacities()

    mutating func begin(on state: borrowing ClusterState) {
        lists.removeAll(keepingCapacity: true)
        let sizes = state.particulars.sizes
        largest = LargestCapacities(node: sizes.largestNode, server: sizes.largestServer)
    }

    func list(ofKind kind: Int32) -> [Placement]? { kind < lists.count ? lists[Int(kind)] : nil }

    mutating func set(_ list: [Placement], ofKind kind: Int32) {
        while lists.count <= kind { lists.append(nil) }
        lists[Int(kind)] = list
    }
}

extension RoomSearch {
    /// On so many servers all are looked at each time.
    static let fewServers = 64
    /// On more, the servers of which the best are kept.
    private static let mostLooks = 4096
    private static let mostKept = 16

    /// The best place for a resident: on its own server if there is room, else on the server that is left with the least; there on
    /// the nodes that have most left.
    ///
    /// - Parameter isQuick: whether places will do that were the best ones some moves ago and still have room, as on many servers.
    /// - Complexity: O(servers), in quick for a request that came before O(1).
    mutating func target(of index: Int, isQuick: Bool = false) -> Placement? {
        steps += 1
        let resident = residents[index]
        let (request, home) = (request(of: resident), resident.placement.server)
        if let set = localTarget(of: resident, request) { return Placement(server: home, nodes: set) }
        guard isQuick || state.serverCount > Self.fewServers else {
            var (best, least) = (Placement?.none, Double.infinity)
            for server in 0..<state.serverCount where server != home {
                guard let place = state.place(request, on: server, below: least, targets.largest) else { continue }
                (best, least) = place
            }
            return best
        }
        let list = targets.list(ofKind: resident.kind) ?? bestTargets(for: request, resident.kind, near: home)
        // What has moved since may have taken the room.
        for target in list where target.server != home && state.isAvailable(target, for: request) { return target }
        return nil
    }

    /// Nodes of its own server that a resident could go to; none of those of a VM on several, which would have to hold it twice.
    @inline(__always)
    private func localTarget(of resident: Resident, _ request: Request) -> NodeSet? {
        let server = resident.placement.server
        let room = state.nodesWithRoom(on: server, for: request).rawValue
        let nodes = NodeSet(rawValue: room & ~resident.placement.nodes.rawValue)
        return nodes.count < request.span ? nil : state.choose(nodes, on: server, for: request, targets.largest)
    }

    /// The best places among so many servers, the first of which is given.
    private mutating func bestTargets(for request: Request, _ kind: Int32, near first: Int) -> [Placement] {
        let count = state.serverCount
        let looks = min(count, Self.mostLooks)
        let end = min(count, first + looks)
        var list: [ClusterState.ScoredPlace] = []
        list.reserveCapacity(Self.mostKept)
        state.keepBest(Self.mostKept, for: request, on: first..<end, in: &list, targets.largest)
        state.keepBest(Self.mostKept, for: request, on: 0..<looks - (end - first), in: &list, targets.largest)
        let places = list.map(\.placement)
        targets.set(places, ofKind: kind)
        return places
    }
}

extension ClusterState {
    /// A place and what its server has left then: the less, the better.
    fileprivate typealias ScoredPlace = (placement: Placement, left: Double)

    /// Puts the best places on some servers into a list of at most so many, the best first, of equal ones those that came first.
    fileprivate func keepBest(
        _ most: Int,
        for request: Request,
        on servers: Range<Int>,
        in list: inout [ScoredPlace],
        _ largest: LargestCapacities
    ) {
        var worst = list.count == most ? list[most - 1].left : .infinity
        for server in servers {
            guard let place = place(request, on: server, below: worst, largest) else { continue }
            if list.count == most { list.removeLast() }
            var at = list.count
            while at > 0, list[at - 1].left > place.left { at -= 1 }
            list.insert(place, at: at)
            if list.count == most { worst = list[most - 1].left }
        }
    }

    /// The nodes of a server that a VM would go to, if what the server has left then comes to less than `limit`.
    @inline(__always)
    fileprivate func place(
        _ request: Request,
        on server: Int,
        below limit: Double,
        _ largest: LargestCapacities
    ) -> ScoredPlace? {
        let nodes = nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span else { return nil }
        var left = 0.0
        forEachTotal(of: server, for: request, largest.server) { left += $0.free / $0.largest }
        guard left < limit, let set = choose(nodes, on: server, for: request, largest) else { return nil }
        return (Placement(server: server, nodes: set), left)
    }

    /// Of some nodes those that have most left.
    @inline(__always)
    fileprivate func choose(
        _ nodes: NodeSet,
        on server: Int,
        for request: Request,
        _ largest: LargestCapacities
    ) -> NodeSet? {
        bestSet(of: nodes, on: server, span: request.span, request.terms) {
            -freeOfLargest(server: server, node: $0, largest.node)
        }
    }
}
