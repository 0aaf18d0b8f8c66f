extension ClusterState {
    /// Writes the mask: 1 for every action whose placement has room, 0 for the others; see ``Action``.
    ///
    /// - Parameter mask: at least ``actionCount`` bytes; only those are written.
    /// - Returns: the number of available actions.
    /// - Complexity: O(servers * placements of a server).
    @discardableResult
    public func writeAvailability(of request: Request, into mask: inout MutableSpan<UInt8>) -> Int {
        precondition(mask.count >= actionCount, "the mask has room for fewer than \(actionCount) actions")
        var available = 0
        if isPair {
            for server in 0..<serverCount {
                let bits = availableActions(on: server, for: request)
                mask[2 * server] = bits & 1
                mask[2 * server + 1] = bits >> 1
                available += bits.nonzeroBitCount
            }
            return available
        }
        let sets = actionSets(span: request.span)
        let count = layout.placementsPerServer
        for server in 0..<serverCount {
            let nodes = nodesWithRoom(on: server, for: request)
            for index in 0..<count {
                let fits =
                    !sets.isEmpty && nodes.isSuperset(of: sets[index])
                    && areNear(sets[index], on: server, request.terms)
                mask[server * count + index] = fits ? 1 : 0
                available += fits ? 1 : 0
            }
        }
        return available
    }

    /// The nodes of each action of a server; none where no server has so many nodes.
    package func actionSets(span: Int) -> [NodeSet] {
        guard span <= layout.nodes else { return [] }
        return (0..<layout.placementsPerServer).map { layout.placement(of: Action($0), span: span).nodes }
    }

    /// Writes what every NUMA node has left as `Float`, in the order (server, NUMA node, resource of nodes); nodes that a server
    /// does not have have 0.
    ///
    /// - Parameters:
    ///   - observation: at least ``observationCount`` values; only those are written.
    ///   - unit: what cores and memory are divided by, in double precision.
    /// - Complexity: O(servers).
    public func writeFree(
        into observation: inout MutableSpan<Float>,
        in unit: Resources = Resources(cpu: 1, mem: 1)
    ) {
        let count = observationCount
        precondition(observation.count >= count, "the observation has room for fewer than \(count) values")
        for server in 0..<serverCount {
            let nodes = nodeCount(of: server)
            for node in 0..<layout.nodes {
                let base = server * valuesPerServer + node * valuesPerNode
                let left = node < nodes ? free(server: server, node: node) : Resources(cpu: 0, mem: 0)
                observation[base] = Float(left.cpu / unit.cpu)
                observation[base + 1] = Float(left.mem / unit.mem)
                for extra in 2..<max(2, valuesPerNode) {
                    observation[base + extra] =
                        node < nodes ? Float(free(server: server, node: node, resource: extra)) : 0
                }
            }
        }
    }

    /// Writes what ``writeFree(into:in:)`` does, and what a VM asks for; see ``Environment/writeObservation(into:in:)``.
    package func writeObservation(of request: Request, into observation: inout MutableSpan<Float>, in unit: Resources) {
        let count = observationCount + 3
        precondition(observation.count >= count, "the observation has room for fewer than \(count) values")
        writeFree(into: &observation, in: unit)
        observation[count - 3] = Float(request.cpu / unit.cpu)
        observation[count - 2] = Float(request.mem / unit.mem)
        observation[count - 1] = layout.nodes > 2 ? Float(request.span) : request.isSplit ? 1 : 0
    }

    /// The number of values that ``writeFree(into:in:)`` writes.
    public var observationCount: Int { serverCount * valuesPerServer }
}
