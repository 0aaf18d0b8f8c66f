internal import SpaneBuffers

/// The best places for VMs that move, by what they ask for, as they were when they were first asked for.
struct TargetCache {
    private var requests: [Request] = []
    private var lists: [[Placement]] = []

    mutating func removeAll() {
        requests.removeAll(keepingCapacity: true)
        lists.removeAll(keepingCapacity: true)
    }

    func list(for request: Request) -> [Placement]? {
        for index in requests.indices where requests[index] == request { return lists[index] }
        return nil
    }

    mutating func set(_ list: [Placement], for request: Request) {
        requests.append(request)
        lists.append(list)
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
    func target(of index: Int, isQuick: Bool = false) -> Placement? {
        steps += 1
        let resident = residents[index]
        let home = resident.placement.server
        if let set = localTarget(of: resident) { return Placement(server: home, nodes: set) }
        guard isQuick || state.serverCount > Self.fewServers else {
            var (best, least) = (Placement?.none, Double.infinity)
            for server in 0..<state.serverCount where server != home {
                guard let (set, score) = place(resident.request, on: server), score < least else { continue }
                (best, least) = (Placement(server: server, nodes: set), score)
            }
            return best
        }
        let list = targets.list(for: resident.request) ?? bestTargets(for: resident.request, near: home)
        // What has moved since may have taken the room.
        return list.first { $0.server != home && state.isAvailable($0, for: resident.request) }
    }

    /// Nodes of its own server that a resident could go to; none of those of a VM on several, which would have to hold it twice.
    private func localTarget(of resident: Resident) -> NodeSet? {
        let server = resident.placement.server
        let room = state.nodesWithRoom(on: server, for: resident.request).rawValue
        let nodes = NodeSet(rawValue: room & ~resident.placement.nodes.rawValue)
        return nodes.count < resident.request.span ? nil : choose(nodes, on: server, for: resident.request)
    }

    private func choose(_ nodes: NodeSet, on server: Int, for request: Request) -> NodeSet? {
        state.bestSet(of: nodes, on: server, span: request.span, request.terms) {
            -state.freeOfLargest(server: server, node: $0)
        }
    }

    @inline(__always)
    private func place(_ request: Request, on server: Int) -> (NodeSet, Double)? {
        let nodes = state.nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span, let set = choose(nodes, on: server, for: request) else { return nil }
        var left = 0.0
        state.forEachTotal(of: server, for: request) { left += $0.free / $0.largest }
        return (set, left)
    }

    /// The best places among so many servers, the first of which is given.
    private func bestTargets(for request: Request, near first: Int) -> [Placement] {
        var list: [(placement: Placement, left: Double)] = []
        let count = state.serverCount
        for offset in 0..<min(count, Self.mostLooks) {
            let server = first + offset < count ? first + offset : first + offset - count
            guard let (set, left) = place(request, on: server) else { continue }
            if list.count == Self.mostKept {
                guard left < list[Self.mostKept - 1].left else { continue }
                list.removeLast()
            }
            var at = list.count
            while at > 0, list[at - 1].left > left { at -= 1 }
            list.insert((Placement(server: server, nodes: set), left), at: at)
        }
        let places = list.map(\.placement)
        targets.set(places, for: request)
        return places
    }
}
