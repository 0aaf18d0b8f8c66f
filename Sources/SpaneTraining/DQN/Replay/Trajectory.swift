package import SpaneNetworks
package import SpaneScheduling

/// The decisions of one episode in order.
package struct Trajectory {
    package let serverCount: Int
    package let normalisation: Normalisation
    /// The number of decisions.
    package private(set) var count = 0
    // As in records, with room for just the servers there are.
    private(set) var servers: [Float] = []
    private(set) var available: [UInt8] = []
    private(set) var requests: [Float] = []
    private(set) var actions: [Action] = []
    /// The reward of each decision.
    package private(set) var rewards: [Double] = []

    /// - Parameter decisions: how many to make room for.
    package init(serverCount: Int, normalisation: Normalisation, decisions: Int = 0) {
        self.serverCount = serverCount
        self.normalisation = normalisation
        servers.reserveCapacity(decisions * serverCount * StateRecords.valuesPerServer)
        available.reserveCapacity(decisions * serverCount)
        requests.reserveCapacity(decisions * StateRecords.valuesPerRequest)
        actions.reserveCapacity(decisions)
        rewards.reserveCapacity(decisions)
    }

    /// Notes the state that the next action is taken in.
    ///
    /// - Returns: the number of available actions.
    package mutating func observe(_ cluster: borrowing ClusterState, _ request: Request) -> Int {
        let nodes = NUMATopology.nodesPerServer
        var availableCount = 0
        for server in 0..<serverCount {
            for node in 0..<nodes {
                let left = cluster.offered(server: server, node: node)
                servers.append(Float(left.cpu) / normalisation.cpu)
                servers.append(Float(left.mem) / normalisation.mem)
            }
            let bits = cluster.availableActions(on: server, for: request)
            availableCount += bits.nonzeroBitCount
            available.append(bits)
        }
        requests.append(Float(request.cpu) / normalisation.cpu)
        requests.append(Float(request.mem) / normalisation.mem)
        requests.append(request.isSplit ? 1 : 0)
        return availableCount
    }

    /// Available action number `index` of the state noted last, counted from the lowest.
    package func availableAction(_ index: Int) -> Action {
        var left = index
        for server in 0..<serverCount {
            let bits = available[available.count - serverCount + server]
            for node in 0..<NUMATopology.nodesPerServer where bits >> UInt8(node) & 1 != 0 {
                if left == 0 { return Action(server: server, node: node) }
                left -= 1
            }
        }
        preconditionFailure("there is no available action \(index)")
    }

    /// Notes what was done in the state noted last, and what it was worth.
    package mutating func act(_ action: Action, reward: Double) {
        actions.append(action)
        rewards.append(reward)
        count += 1
    }
}
