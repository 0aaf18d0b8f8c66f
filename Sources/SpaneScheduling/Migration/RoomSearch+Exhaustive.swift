internal import SpaneBuffers

// Every sequence of moves but those that are certainly no better than another one.

extension RoomSearch {
    /// Tries all sequences of so many moves at most after which the request fits somewhere.
    ///
    /// - Parameter previous: the resident that moved last.
    mutating func exhaust(_ request: Request, _ left: Int, after previous: Int? = nil) {
        if let placement = state.firstAvailable(for: request) { return keepPlan(placement) }
        guard left > 0 else { return }
        let needed = (0..<state.serverCount).map { fewestDepartures(from: $0, for: request) }
        let fewest = needed.min() ?? .max
        guard fewest <= left else { return }
        for index in residents.indices {
            let resident = residents[index]
            // Where all moves that are left must be from one server, others do not help.
            guard fewest < left || needed[resident.placement.server] <= left, resident.mem < .infinity else { continue }
            guard !residents[..<index].contains(where: { areLike($0, resident) }) else { continue }
            for target in targets(of: resident) {
                guard !isCut, !isNeedless(index, target, after: previous) else { continue }
                let isLocal = target.server == resident.placement.server
                guard spent + limits.prices.price(resident.mem, isLocal: isLocal) < bestPrice else { continue }
                steps += 1
                guard steps <= limits.budget else {
                    isCut = true
                    break
                }
                move(index, to: target)
                exhaust(request, left - 1, after: index)
                takeBack(index)
            }
            if isCut { return }
        }
    }

    private func targets(of resident: Resident) -> [Placement] {
        let request = request(of: resident)
        var targets: [Placement] = []
        for server in 0..<state.serverCount {
            let nodes = state.nodesWithRoom(on: server, for: request)
            nodes.forEachSubset(of: request.span) { set in
                let target = Placement(server: server, nodes: set)
                guard target != resident.placement, state.areNear(set, on: server, request.terms) else { return }
                targets.append(target)
            }
        }
        return targets
    }

    /// Whether a move after another one is as good before it or without it: the same VM again, or one that has nothing to do with
    /// the last one, of which the one with the lower index comes first.
    private func isNeedless(_ index: Int, _ target: Placement, after previous: Int?) -> Bool {
        guard let previous, let last = moves.last else { return false }
        // A VM on several nodes may have to step aside to overlap where it was, and one that takes of its server as a whole to find
        // that free which it would hold twice.
        if index == previous { return residents[index].share.span == 1 && residents[index].share.isPlain }
        guard index < previous else { return false }
        let source = residents[index].placement.server
        return source != last.source.server && source != last.target.server && target.server != last.source.server
            && target.server != last.target.server
    }

    /// At least so many VMs leave a server, or go from node to node, before a request fits there; `Int.max` where it never does.
    private func fewestDepartures(from server: Int, for request: Request) -> Int {
        guard state.suits(server, request), state.nodeCount(of: server) >= request.span else { return .max }
        var ofNodes = [Int](repeating: 0, count: state.nodeCount(of: server))
        let base = server * state.valuesPerServer
        for node in ofNodes.indices {
            for resource in 0..<state.valuesPerNode {
                let index = base + node * state.valuesPerNode + resource
                let demand = request.share(of: resource)
                guard demand > 0, state.free[index] < demand else { continue }
                guard state.capacity[index] >= demand else {
                    ofNodes[node] = .max
                    break
                }
                let lack = RoomGoal.Lack(
                    node: node,
                    resource: resource,
                    amount: demand - state.free[index],
                    capacity: state.capacity[index]
                )
                ofNodes[node] = max(ofNodes[node], fewestDepartures(from: server, lack))
            }
        }
        // One VM may leave several nodes.
        ofNodes.sort()
        return ofNodes[request.span - 1]
    }

    private func fewestDepartures(from server: Int, _ lack: RoomGoal.Lack) -> Int {
        var largest = 0.0
        for resident in residents where resident.placement.server == server && resident.mem < .infinity {
            largest = max(largest, relief(of: lack, from: resident))
        }
        return largest > 0 ? Int(min(1e6, (lack.amount / largest).rounded(.up))) : .max
    }
}
