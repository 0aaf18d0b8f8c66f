internal import SpaneBuffers

extension ClusterState {
    /// Why a VM with this request does not go to a server now.
    ///
    /// Where amounts are short, it names one: on the nodes for which the sum of what each lacks, as a share of what it has in all, is
    /// least (of equal ones on those nearest to each other, then the lowest) that which is largest as such a share. Once it is
    /// there, the VM fits, or another one is named.
    ///
    /// - Complexity: O(nodes * resources); O(sets of nodes) where a server tells distances.
    public func reason(on server: Int, for request: Request) -> ServerReason {
        require(server)
        if let reason = reasonOfTerms(server, request) { return reason }
        if let set = availableSet(on: server, for: request) { return ServerReason(.fits, on: set) }
        if let reason = reasonOfDistance(server, request) { return reason }
        let lacks = lacks(of: request, on: server)
        guard let most = lacks.all.max(by: { $0.share < $1.share }) else { return ServerReason(.noRoom) }
        return ServerReason(lacks.kind, most, on: lacks.nodes, of: layout)
    }

    /// What keeps VMs with this request away whatever is in use.
    private func reasonOfTerms(_ server: Int, _ request: Request) -> ServerReason? {
        let detail = details[server]
        if detail.isCordoned { return ServerReason(.cordoned) }
        let (missing, forbidden) = (request.require & ~detail.traits, request.forbid & detail.traits)
        if missing != 0 { return ServerReason(.lacksTrait, trait: missing.trailingZeroBitCount) }
        if forbidden != 0 { return ServerReason(.hasForbiddenTrait, trait: forbidden.trailingZeroBitCount) }
        let count = nodeCount(of: server)
        return request.span > count ? ServerReason(.tooFewNodes, shortBy: Double(request.span - count)) : nil
    }

    /// The first nodes that can have the VM.
    private func availableSet(on server: Int, for request: Request) -> NodeSet? {
        let nodes = nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span else { return nil }
        return firstSet(of: nodes, on: server, span: request.span, request.terms)
    }

    /// That nodes with room are too far from each other, or all nodes.
    private func reasonOfDistance(_ server: Int, _ request: Request) -> ServerReason? {
        guard request.span > 1, request.farthest < .max, details[server].distanceTable >= 0 else { return nil }
        let (with, all) = (nodesWithRoom(on: server, for: request), NodeSet(first: nodeCount(of: server)))
        for nodes in [with, all] where nodes.count >= request.span {
            var nearest: (distance: UInt8, set: NodeSet) = (.max, .none)
            nodes.forEachSubset(of: request.span) { set in
                let distance = farthest(within: set, on: server)
                if distance < nearest.distance || nearest.set.isEmpty { nearest = (distance, set) }
            }
            guard nearest.distance > request.farthest else { continue }
            return ServerReason(.tooFar, shortBy: Double(nearest.distance - request.farthest), on: nearest.set)
        }
        return nil
    }

    /// What is short on the nodes that are least short: of what they have in all where that is not enough, else of what is left.
    ///
    /// - Parameter server: one with as many nodes as the request spans and as near, and without room for it.
    func lacks(of request: Request, on server: Int) -> (kind: ServerReason.Kind, nodes: NodeSet, all: [RoomGoal.Lack]) {
        let isLarge = isLargeEnough(server, for: request)
        let shared = layout.serverResources.count
        var costs = InlineArray<8, Double>(repeating: 0)
        var possible = NodeSet.none
        for node in 0..<nodeCount(of: server) {
            if isLarge {
                costs[node] = shortage(of: node, on: server, for: request)
            } else {
                forEachLack(of: request, on: server, node: node, capacity) { costs[node] += $0.share }
            }
            if costs[node] < .infinity {
                possible = NodeSet(rawValue: possible.rawValue | NodeSet(node: node).rawValue)
            }
        }
        let (span, terms) = (request.span, request.terms)
        let set = bestSet(of: possible, on: server, span: span, terms) { costs[$0] } ?? .none
        var all: [RoomGoal.Lack] = []
        if isLarge {
            lacks(of: request, at: Placement(server: server, nodes: set), into: &all)
        } else {
            set.forEach { node in
                forEachLack(of: request, on: server, node: node, capacity) { all.append($0) }
            }
            forEachLack(of: request, sharedBy: server, particulars.sharedCapacity, shared) { all.append($0) }
        }
        return (isLarge ? .noRoom : .tooSmall, set, all)
    }

    /// What is short for a request on the nodes of a placement, and on its server.
    func lacks(of request: Request, at placement: Placement, into lacks: inout [RoomGoal.Lack]) {
        placement.nodes.forEach { node in
            forEachLack(of: request, on: placement.server, node: node, free) { lacks.append($0) }
        }
        let shared = layout.serverResources.count
        forEachLack(of: request, sharedBy: placement.server, particulars.sharedFree, shared) { lacks.append($0) }
    }

    private func forEachLack(
        of request: Request,
        on server: Int,
        node: Int,
        _ amounts: borrowing FlatBuffer<Double>,
        _ body: (RoomGoal.Lack) -> Void
    ) {
        let base = server &* valuesPerServer &+ node &* valuesPerNode
        for resource in 0..<valuesPerNode {
            let demand = request.share(of: resource)
            let amount = demand - amounts[base &+ resource]
            guard demand > 0, amount > 0 else { continue }
            body(.init(node: node, resource: resource, amount: amount, capacity: max(1, capacity[base &+ resource])))
        }
    }

    private func forEachLack(
        of request: Request,
        sharedBy server: Int,
        _ amounts: borrowing FlatBuffer<Double>,
        _ count: Int,
        _ body: (RoomGoal.Lack) -> Void
    ) {
        for resource in 0..<count {
            let (demand, index) = (request.extra(valuesPerNode - 2 + resource), server &* count &+ resource)
            let amount = demand - amounts[index]
            guard demand > 0, amount > 0 else { continue }
            let capacity = max(1, particulars.sharedCapacity[index])
            body(.init(node: -1, resource: resource, amount: amount, capacity: capacity))
        }
    }
}

extension RoomGoal.Lack {
    /// Of what there is when nothing runs.
    var share: Double { amount / capacity }
}
