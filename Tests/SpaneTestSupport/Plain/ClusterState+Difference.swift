package import SpaneScheduling

extension ClusterState {
    /// The first difference between what the servers have and what an oracle says, or `nil`.
    package func difference(from servers: [PlainServer]) -> String? {
        if serverCount != servers.count { return "\(serverCount) and \(servers.count) servers" }
        for (index, server) in servers.enumerated() {
            if let difference = difference(on: index, from: server) { return "server \(index): \(difference)" }
        }
        return nil
    }

    /// The first difference on one server, or `nil`.
    package func difference(on index: Int, from server: PlainServer) -> String? {
        if nodeCount(of: index) != server.nodeCount { return "\(nodeCount(of: index)) nodes" }
        if isCordoned(index) != server.isCordoned { return "cordoned: \(isCordoned(index))" }
        if traits(of: index) != server.traits { return "traits \(traits(of: index))" }
        for node in server.free.indices {
            for resource in server.free[node].indices {
                let left = free(server: index, node: node, resource: resource)
                let all = capacity(server: index, node: node, resource: resource)
                if left != Steps.amount(server.free[node][resource]) { return "\(left) of \(resource) on node \(node)" }
                if all != Steps.amount(server.capacity[node][resource]) { return "node \(node) has \(all)" }
            }
        }
        for resource in server.sharedFree.indices {
            let (left, all) = (
                sharedFree(server: index, resource: resource), sharedCapacity(server: index, resource: resource)
            )
            if left != Steps.amount(server.sharedFree[resource]) { return "\(left) of shared \(resource)" }
            if all != Steps.amount(server.sharedCapacity[resource]) { return "\(all) of shared \(resource) in all" }
        }
        return nil
    }
}
